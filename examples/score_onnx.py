"""Scores sessions with an exported model.  pip install onnxruntime numpy; python score_onnx.py FOLDER

FOLDER is what `logbert export --format onnx` wrote. Of a session only the template ids of its events are needed.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

folder = Path(sys.argv[1])
session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
threshold = json.loads((folder / "serving.json").read_text())["threshold"]["value"]
vocabulary = {entry["template"]: entry["key"] for entry in json.loads((folder / "vocabulary.json").read_text())["keys"]}


def keys_of(templates):
    return [vocabulary.get(template, 1) for template in templates]  # 1 is the key of whatever training never saw


def score(sessions):
    keys = np.zeros((len(sessions), max(map(len, sessions))), np.int32)
    mask = np.zeros_like(keys)
    for row, events in enumerate(sessions):
        keys[row, : len(events)], mask[row, : len(events)] = events, 1
    return session.run(["score"], {"keys": keys, "mask": mask})[0]


# What the toolkit itself said of some sessions of the run.
expected = json.loads((folder / "expected.json").read_text())["sequences"]
scores = score([entry["keys"] for entry in expected])
for entry, found in zip(expected, scores, strict=True):
    print(f"{len(entry['keys']):5} events  score {found:.6f}  {'alert' if found > threshold else ''}")
    assert abs(entry["score"] - found) < 1e-4, (entry["score"], found)
