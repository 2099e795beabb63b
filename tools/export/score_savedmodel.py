"""Scores the batches of a JSON file with the signature serving_default of a SavedModel.

python score_savedmodel.py FOLDER BATCHES RESULTS
"""

import json
import sys

import tensorflow as tf

folder, batches, results = sys.argv[1:4]
serve = tf.saved_model.load(folder).signatures["serving_default"]
found = []
for batch in json.load(open(batches)):
    outputs = serve(**{name: tf.constant(batch[name], tf.int32) for name in ("keys", "mask")})
    found.append({name: value.numpy().tolist() for name, value in outputs.items() if name != "log_probabilities"})
json.dump({"about": f"tensorflow {tf.__version__}", "batches": found}, open(results, "w"))
