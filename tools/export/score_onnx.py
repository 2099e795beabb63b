"""Scores the batches of a JSON file with an ONNX model, which the ONNX checker has to accept.

python score_onnx.py MODEL BATCHES RESULTS [--time]
"""

import json
import sys
import time

import numpy as np
import onnx
import onnxruntime

model, batches, results = sys.argv[1:4]
loaded = onnx.load(model)
onnx.checker.check_model(loaded, full_check=True)
assert [(o.domain, o.version) for o in loaded.opset_import] == [("", 17)], loaded.opset_import

options = onnxruntime.SessionOptions()
if "--time" in sys.argv:
    options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
names = [output.name for output in session.get_outputs()]
found = []
for batch in json.load(open(batches)):
    feeds = {name: np.array(batch[name], np.int32) for name in ("keys", "mask")}
    outputs = dict(zip(names, session.run(names, feeds)))
    del outputs["log_probabilities"]
    found.append({name: value.tolist() for name, value in outputs.items()})

seconds = []
if "--time" in sys.argv:
    for i in range(300):
        started = time.perf_counter()
        session.run(["score"], feeds)
        seconds.append(time.perf_counter() - started)
about = f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}"
json.dump({"about": about, "batches": found, "p50": float(np.median(seconds[50:])) if seconds else None}, open(results, "w"))
