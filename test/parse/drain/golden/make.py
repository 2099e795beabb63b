"""Makes drain3.json with Drain3 0.9.11 (pip install drain3==0.9.11): python make.py DATA_FOLDER > drain3.json

`synthetic`: messages with the ids and templates that Drain3 gives them under some settings, and what `match` gives.
`snapshots`: what Drain3's persistence saves after some messages, and the ids it gives to further ones.
`real`: for logs of the data folder, which isn't part of the project, the number of templates and the SHA-256 of all
ids, one a line. Ids count from 0 here, from 1 in Drain3.
"""

import base64
import csv
import gzip
import hashlib
import json
import random
import sys
import zlib
from pathlib import Path

import jsonpickle
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


def miner(depth, similarity, max_children, max_clusters=None, numeric=True, delimiters=()):
    drain = Drain(
        depth=depth,
        sim_th=similarity,
        max_children=max_children,
        max_clusters=max_clusters,
        extra_delimiters=list(delimiters),
        parametrize_numeric_tokens=numeric,
    )
    settings = {"depth": depth, "similarity": similarity, "maxChildren": max_children}
    if max_clusters is not None:
        settings["maxClusters"] = max_clusters
    if not numeric:
        settings["parametrizeNumericTokens"] = False
    return drain, settings


def messages_of(rng):
    return [" ".join(rng.choices(WORDS, k=rng.randint(0, 6))) for _ in range(120)]


def synthetic(depth, similarity, max_children, seed, **options):
    rng = random.Random(seed)
    mask = masker().mask
    drain, settings = miner(depth, similarity, max_children, **options)
    messages = messages_of(rng)
    learn, test = messages[:80], messages[80:]
    ids = [drain.add_log_message(mask(message))[0].cluster_id - 1 for message in learn]
    found = [drain.match(mask(message), "fallback") for message in test]
    return {
        "settings": settings,
        "delimiters": list(options.get("delimiters", ())),
        "learn": learn,
        "ids": ids,
        "clusters": {str(cluster.cluster_id - 1): cluster.get_template() for cluster in drain.clusters},
        "match": test,
        "matched": [cluster.cluster_id - 1 if cluster else -1 for cluster in found],
    }


def snapshot(compressed, seed, **options):
    rng = random.Random(seed)
    mask = masker().mask
    drain, _ = miner(4, 0.5, 5, **options)
    messages = messages_of(rng)
    for message in messages[:60]:
        drain.add_log_message(mask(message))
    state = jsonpickle.dumps(drain, keys=True)
    if compressed:
        state = base64.b64encode(zlib.compress(state.encode("utf-8"))).decode("ascii")
    return {
        "state": state,
        "templates": {str(cluster.cluster_id): cluster.get_template() for cluster in drain.clusters},
        "learn": messages[60:],
        "ids": [drain.add_log_message(mask(message))[0].cluster_id for message in messages[60:]],
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
            synthetic(4, 0.5, 100, 5, max_clusters=7),
            synthetic(5, 0.6, 5, 6, max_clusters=12, numeric=False),
            synthetic(5, 0.4, 100, 7, numeric=False),
            synthetic(4, 0.4, 100, 8, delimiters=["/", "_"]),
            synthetic(5, 0.5, 100, 9, delimiters=["o", "->"], max_clusters=20),
        ],
        "snapshots": [
            snapshot(False, 10),
            snapshot(True, 11),
            snapshot(True, 12, max_clusters=9),
            snapshot(False, 13, numeric=False, delimiters=["/"]),
        ],
        "real": {system: grouping(structured(data, system)) for system in SYSTEMS.split()}
        | {"HDFS_2pct": grouping(hdfs(data)), "HDFS_2pct depth 5, similarity .5": grouping(hdfs(data), 5, 0.5)},
    }
    print(json.dumps(golden, indent=1))


main(Path(sys.argv[1]))
