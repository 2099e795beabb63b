"""Makes drain3.json with Drain3 0.9.11 (pip install drain3==0.9.11): python make.py DATA_FOLDER > drain3.json

`synthetic`: messages with the ids and templates that Drain3 gives them under some settings, and what `match` gives.
`real`: for logs of the data folder, which isn't part of the project, the number of templates and the SHA-256 of all
ids, one a line. Ids count from 0 here, from 1 in Drain3.
"""

import csv
import gzip
import hashlib
import json
import random
import sys
from pathlib import Path

from drain3.drain import Drain
from drain3.masking import MaskingInstruction, LogMasker

MASKS = [
    ["BLOCK", r"blk_-?\d+"],
    ["IP", r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d+)?"],
    ["PATH", r"(?:/[\w-]+(?:\.[\w-]+)*)+"],
]
SYSTEMS = "Android Apache BGL HDFS HPC Hadoop HealthApp Linux Mac OpenSSH OpenStack Proxifier Spark Thunderbird Windows Zookeeper"
WORDS = "open close read write start stop retry error user disk node 7 42 <*> x1 /tmp/a /var/log.d/b-1 10.0.0.1:80 blk_-5 blk_17 ok".split()


def masker():
    return LogMasker([MaskingInstruction(pattern, name) for name, pattern in MASKS], "<", ">")


def synthetic(depth, similarity, max_children, seed):
    rng = random.Random(seed)
    mask = masker().mask
    drain = Drain(depth=depth, sim_th=similarity, max_children=max_children)
    messages = [" ".join(rng.choices(WORDS, k=rng.randint(0, 6))) for _ in range(120)]
    learn, test = messages[:80], messages[80:]
    ids = [drain.add_log_message(mask(message))[0].cluster_id - 1 for message in learn]
    found = [drain.match(mask(message), "fallback") for message in test]
    return {
        "settings": {"depth": depth, "similarity": similarity, "maxChildren": max_children},
        "learn": learn,
        "ids": ids,
        "templates": [cluster.get_template() for cluster in drain.clusters],
        "match": test,
        "matched": [cluster.cluster_id - 1 if cluster else -1 for cluster in found],
    }


def grouping(contents, depth=4, similarity=0.4):
    mask = masker().mask
    drain = Drain(depth=depth, sim_th=similarity, max_children=100)
    ids = [drain.add_log_message(mask(content))[0].cluster_id - 1 for content in contents]
    text = "".join(f"{i}\n" for i in ids)
    templates = "".join(f"{cluster.get_template()}\n" for cluster in drain.clusters)
    return {
        "lines": len(ids),
        "templates": len(drain.clusters),
        "ids": hashlib.sha256(text.encode()).hexdigest(),
        "texts": hashlib.sha256(templates.encode()).hexdigest(),
    }


def structured(data, system):
    path = data / "loghub_2k" / system / f"{system}_2k.log_structured.csv"
    with open(path, encoding="utf-8", newline="") as file:
        return [row["Content"] for row in csv.DictReader(file)]


def hdfs(data):
    with gzip.open(data / "hdfs" / "HDFS_2pct.log.gz", "rt", encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\r\n").split(" ", 4)[4].split(": ", 1)[1] for line in file]


def main(data):
    golden = {
        "madeBy": "make.py in this folder, Drain3 0.9.11",
        "synthetic": [
            synthetic(4, 0.4, 100, 1),
            synthetic(5, 0.5, 4, 2),
            synthetic(3, 0.3, 100, 3),
            synthetic(6, 0.7, 3, 4),
        ],
        "real": {system: grouping(structured(data, system)) for system in SYSTEMS.split()}
        | {"HDFS_2pct": grouping(hdfs(data)), "HDFS_2pct depth 5, similarity .5": grouping(hdfs(data), 5, 0.5)},
    }
    print(json.dumps(golden, indent=1))


main(Path(sys.argv[1]))
