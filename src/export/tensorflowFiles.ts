import { optimize } from '../engine/passes/index.js';
import type { Exported } from './exported.js';
import type { Files } from './files.js';
import { graphModel } from './tensorflow/graphModel.js';
import { lowerToTensorflow } from './tensorflow/lower.js';
import { savedModel } from './tensorflow/savedModel.js';

/** The scoring as a GraphModel of TensorFlow.js. */
export function tfjsFiles({ graph, metadata }: Exported): Files {
  return graphModel(lowerToTensorflow(optimize(graph)), `logbert ${metadata['logbert.version']}`);
}

/** The scoring as a SavedModel of TensorFlow, signature `serving_default`; all weights are constants. */
export function savedModelFiles({ graph }: Exported): Files {
  return { 'saved_model.pb': savedModel(lowerToTensorflow(optimize(graph))) };
}
