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
read = lambda name: json.loads((folder / name).read_text())
serving = read("serving.json")
key_of = {entry["template"]: entry["key"] for entry in [*serving["matched"], *read("vocabulary.json")["keys"]]}


def score(sessions):
    keys = np.zeros((len(sessions), max(map(len, sessions))), np.int32)
    mask = np.zeros_like(keys)
    for row, templates in enumerate(sessions):
        keys[row, : len(templates)] = [key_of.get(template, serving["keys"]["unknown"]) for template in templates]
        mask[row, : len(templates)] = 1
    return session.run(["score"], {"keys": keys, "mask": mask})[0]


# What the toolkit itself said of some sessions of the run.
expected = read("expected.json")["sequences"]
for entry, found in zip(expected, score([entry["templates"] for entry in expected]), strict=True):
    print(f"{len(entry['templates']):5} events  score {found:.6f}", "alert" if found > serving["threshold"]["value"] else "")
    assert abs(entry["score"] - found) < 1e-4, (entry["score"], found)
