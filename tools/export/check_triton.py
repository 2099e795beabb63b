"""Reads config.pbtxt by Triton's own schema and compares it with the ONNX model's metadata.

python check_triton.py REPOSITORY
"""

import json
import sys
from pathlib import Path

from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

repository = Path(sys.argv[1])
[path] = repository.glob("*/config.pbtxt")
config = text_format.Parse(path.read_text(), model_config_pb2.ModelConfig())
assert config.name == path.parent.name, config.name
assert config.max_batch_size > 0 and config.HasField("dynamic_batching")
assert (path.parent / "1" / "model.onnx").is_file()
metadata = json.loads((repository / "metadata.json").read_text())
kinds = {model_config_pb2.TYPE_FP32: "FP32", model_config_pb2.TYPE_INT32: "INT32"}
for ends, expected in ((config.input, metadata["inputs"]), (config.output, metadata["outputs"])):
    for end, of in zip(ends, expected, strict=True):
        size = list(end.reshape.shape) if end.HasField("reshape") else list(end.dims)
        assert (end.name, kinds[end.data_type], [-1, *size]) == (of["name"], of["datatype"], of["shape"]), (end, of)
print(f"{config.name}: {len(config.input)} inputs, {len(config.output)} outputs, batches up to {config.max_batch_size}")
