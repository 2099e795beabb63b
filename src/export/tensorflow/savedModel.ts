import type { DType } from '../../engine/graph.js';
import { ProtoWriter } from '../../engine/onnx/proto.js';
import type { TensorflowAttribute, TensorflowEnd, TensorflowGraph, TensorflowNode } from './graphDef.js';

/** DataType of tensorflow/core/framework/types.proto. */
const TYPES: Record<DType, number> = { float32: 1, int32: 3, bool: 10 };
/** The producer version of TensorFlow 1.15 to 2.x graphs that use no newer operation. */
const PRODUCER = 27;

/**
 * saved_model.pb with the signature `serving_default`; the weights are constants, so there are no variables.
 * Field numbers are those of saved_model.proto and meta_graph.proto.
 */
export function savedModel(graph: TensorflowGraph): Uint8Array {
  const info = new ProtoWriter().string(4, 'serve').string(5, '2.15.0');
  const signature = new ProtoWriter();
  for (const end of graph.inputs) signature.message(1, mapEntry(end.name, tensorInfo(end)));
  for (const end of graph.outputs) signature.message(2, mapEntry(end.name, tensorInfo(end)));
  signature.string(3, 'tensorflow/serving/predict');
  const meta = new ProtoWriter()
    .message(1, info)
    .message(2, graphDef(graph.nodes))
    .message(5, mapEntry('serving_default', signature));
  return new ProtoWriter().int(1, 1).message(2, meta).finish();
}

function graphDef(nodes: readonly TensorflowNode[]): ProtoWriter {
  const proto = new ProtoWriter();
  for (const { name, op, inputs, attributes } of nodes) {
    const node = new ProtoWriter().string(1, name).string(2, op);
    for (const input of inputs) node.string(3, input);
    for (const [key, attribute] of Object.entries(attributes))
      node.message(5, mapEntry(key, attributeValue(attribute)));
    proto.message(1, node);
  }
  return proto.message(4, new ProtoWriter().int(1, PRODUCER));
}

function mapEntry(key: string, value: ProtoWriter): ProtoWriter {
  return new ProtoWriter().string(1, key).message(2, value);
}

// AttrValue: i 3, b 5, type 6, shape 7, tensor 8
function attributeValue(attribute: TensorflowAttribute): ProtoWriter {
  const proto = new ProtoWriter();
  if ('int' in attribute) return proto.int(3, attribute.int);
  if ('bool' in attribute) return proto.int(5, Number(attribute.bool));
  if ('type' in attribute) return proto.int(6, TYPES[attribute.type]);
  if ('shape' in attribute) return proto.message(7, shapeProto(attribute.shape));
  const { dtype, shape, data } = attribute.tensor;
  // TensorProto: dtype 1, tensor_shape 2, tensor_content 4
  const tensor = new ProtoWriter().int(1, TYPES[dtype]).message(2, shapeProto(shape));
  return proto.message(8, tensor.bytes(4, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
}

function shapeProto(shape: readonly number[]): ProtoWriter {
  const proto = new ProtoWriter();
  for (const size of shape) proto.message(2, new ProtoWriter().int(1, size));
  return proto;
}

// TensorInfo: name 1, dtype 2, tensor_shape 3
function tensorInfo({ tensor, dtype, shape }: TensorflowEnd): ProtoWriter {
  return new ProtoWriter().string(1, `${tensor}:0`).int(2, TYPES[dtype]).message(3, shapeProto(shape));
}
