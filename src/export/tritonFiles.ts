import type { Exported, TensorInfo } from './exported.js';
import type { Files } from './files.js';
import { onnxModel } from './onnxFiles.js';

const TRITON = { float32: 'TYPE_FP32', int32: 'TYPE_INT32', bool: 'TYPE_BOOL' } as const;
const KSERVE = { float32: 'FP32', int32: 'INT32', bool: 'BOOL' } as const;
/** Sequences in a batch: more gain nothing (see docs/export.md). */
const MAX_BATCH = 32;

/** A model repository of NVIDIA Triton Inference Server with the ONNX model. */
export function tritonFiles(exported: Exported): Files {
  const name = modelName(exported);
  return {
    [`${name}/config.pbtxt`]: configuration(name, exported),
    [`${name}/1/model.onnx`]: onnxModel(exported),
    'metadata.json': serverMetadata(exported),
  };
}

/** Model metadata of the Open Inference Protocol, version 2 (KServe), as a server of the ONNX model gives them. */
export function serverMetadata(exported: Exported): string {
  const end = ({ name, dtype, shape }: TensorInfo) => ({
    name,
    datatype: KSERVE[dtype],
    shape: shape.map((size) => (typeof size === 'number' ? size : -1)),
  });
  const metadata = {
    name: modelName(exported),
    versions: ['1'],
    platform: 'onnxruntime_onnx',
    inputs: exported.inputs.map(end),
    outputs: exported.outputs.map(end),
  };
  return `${JSON.stringify(metadata, null, 2)}\n`;
}

function modelName({ name }: Exported): string {
  return name.replace(/[^\w-]+/g, '-');
}

/** ModelConfig of Triton as protocol buffer text; the size B is the batch and has no place in `dims`. */
function configuration(name: string, { inputs, outputs, metadata }: Exported): string {
  const parameters = Object.entries(metadata).map(([key, value]) => {
    return `parameters { key: ${JSON.stringify(key)} value { string_value: ${JSON.stringify(value)} } }`;
  });
  return `${[
    `name: ${JSON.stringify(name)}`,
    'backend: "onnxruntime"',
    `max_batch_size: ${MAX_BATCH}`,
    ...inputs.map((end) => `input { ${ending(end)} }`),
    ...outputs.map((end) => `output { ${ending(end)} }`),
    '# Requests of one length T are put together; pad sequences to few lengths so that they meet.',
    `dynamic_batching { preferred_batch_size: [ 8, ${MAX_BATCH} ] max_queue_delay_microseconds: 1000 }`,
    ...parameters,
  ].join('\n')}\n`;
}

function ending({ name, dtype, shape }: TensorInfo): string {
  const dims = shape.slice(1).map((size) => (typeof size === 'number' ? size : -1));
  // Triton has no tensors without a size beside the batch: one number a sequence is sent as [B, 1].
  const size = dims.length > 0 ? `dims: [ ${dims.join(', ')} ]` : 'dims: [ 1 ] reshape { shape: [ ] }';
  return `name: ${JSON.stringify(name)} data_type: ${TRITON[dtype]} ${size}`;
}
