import type { DType } from '../../engine/graph.js';
import type { TensorflowAttribute, TensorflowEnd, TensorflowGraph, TensorflowNode } from './graphDef.js';

const TYPES: Record<DType, string> = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' };
/** What converters of TensorFlow.js cut weights into, so that browsers cache them. */
const SHARD_BYTES = 4 << 20;

/** The files of a TensorFlow.js GraphModel: model.json and the weights in shards. */
export function graphModel(graph: TensorflowGraph, generatedBy: string): Record<string, string | Uint8Array> {
  const constants = graph.nodes.flatMap(({ name, attributes }) => {
    const { value } = attributes;
    return value && 'tensor' in value ? [{ name, ...value.tensor }] : [];
  });
  const weights = Buffer.concat(
    constants.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  );
  const count = Math.max(1, Math.ceil(weights.length / SHARD_BYTES));
  const shards = Array.from({ length: count }, (_, i) => ({
    path: `group1-shard${i + 1}of${count}.bin`,
    bytes: weights.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
  }));
  const model = {
    format: 'graph-model',
    generatedBy,
    convertedBy: null,
    signature: { inputs: ends(graph.inputs), outputs: ends(graph.outputs) },
    modelTopology: { node: graph.nodes.map(nodeJson), versions: { producer: 27 } },
    weightsManifest: [
      {
        paths: shards.map(({ path }) => path),
        weights: constants.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
      },
    ],
  };
  return {
    'model.json': `${JSON.stringify(model)}\n`,
    ...Object.fromEntries(shards.map(({ path, bytes }) => [path, bytes])),
  };
}

/** As protocol buffers are written in JSON; the values of constants are in the weights. */
function nodeJson({ name, op, inputs, attributes }: TensorflowNode) {
  const attr = Object.entries(attributes).filter(([, attribute]) => !('tensor' in attribute));
  return {
    name,
    op,
    ...(inputs.length > 0 ? { input: inputs } : {}),
    attr: Object.fromEntries(attr.map(([key, attribute]) => [key, attributeJson(attribute)])),
  };
}

function attributeJson(attribute: TensorflowAttribute) {
  if ('int' in attribute) return { i: String(attribute.int) };
  if ('bool' in attribute) return { b: attribute.bool };
  if ('type' in attribute) return { type: TYPES[attribute.type] };
  if ('shape' in attribute) return { shape: shapeJson(attribute.shape) };
  throw new Error('A tensor is no attribute of the JSON form.');
}

function shapeJson(shape: readonly number[]) {
  return { dim: shape.map((size) => ({ size: String(size) })) };
}

function ends(of: readonly TensorflowEnd[]) {
  return Object.fromEntries(
    of.map(({ name, tensor, dtype, shape }) => {
      return [name, { name: `${tensor}:0`, dtype: TYPES[dtype], tensorShape: shapeJson(shape) }];
    }),
  );
}
