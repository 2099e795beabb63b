"""Parses a log with Drain3 and writes a template id a line: python peer.py LOG IDS MASKS BLANKS TEXT

The peer of `logbert parse` in bench/parse/run.mjs: the same lines, the header stripped here too, the same masks and
Drain settings (MASKS is JSON: [[name, pattern], ...]). The header of a line goes up to its BLANKS-th blank and, if TEXT isn't empty,
to TEXT behind that.
"""

import json
import sys

from drain3.masking import MaskingInstruction
from drain3.template_miner import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig


def main(log, ids, masks, blanks, text):
    config = TemplateMinerConfig()
    config.drain_depth = 4
    config.drain_sim_th = 0.4
    config.drain_max_children = 100
    config.masking_instructions = [MaskingInstruction(pattern, name) for name, pattern in json.loads(masks)]
    miner = TemplateMiner(config=config)
    count = int(blanks)
    # What TemplateMiner.add_log_message does, without the dictionary that it builds for each line.
    mask, learn = miner.masker.mask, miner.drain.add_log_message
    with open(log, encoding="utf-8", errors="replace") as lines, open(ids, "w") as out:
        for line in lines:
            content = line.rstrip("\n").split(" ", count)[-1]
            if text:
                content = content.split(text, 1)[1]
            out.write(f"{learn(mask(content))[0].cluster_id}\n")
    print(len(miner.drain.clusters))


main(*sys.argv[1:])
