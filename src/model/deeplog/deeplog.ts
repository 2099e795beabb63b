import type { Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { initial, linear, linearParameters } from '../layers.js';
import { lstm, lstmParameters } from '../lstm.js';
import type { ModelContext, SequenceModel } from '../model.js';
import { windowModel } from '../windowModel.js';
import type { DeeplogSettings } from './settings.js';

/**
 * DeepLog's model of log keys (Du, Li, Zheng, Srikumar: DeepLog: Anomaly Detection and Diagnosis from System Logs through
 * Deep Learning, CCS 2017, section 3.1): an LSTM tells each key from the window of keys before it.
 *
 * Legend: B windows, W keys in a window, E embedding, V vocabulary.
 */
export function deeplog(settings: DeeplogSettings, { vocabularySize: V }: ModelContext): SequenceModel {
  const { embedding: E, hidden, layers, window, interval } = settings;
  const model = windowModel(settings, {
    state: () => ({}),
    parameters: (random) => ({
      'embedding/key': initial([V, E], () => random.normal()),
      ...lstmParameters('lstm', { inputs: E, hidden, layers }, random),
      ...linearParameters('keys', hidden, V, random),
    }),
    predict(inputs) {
      const output = lstm(inputs['embedding/key'] as Tensor2D, inputs.keys as Tensor2D, inputs, 'lstm', layers);
      return tf.logSoftmax(linear(output, inputs, 'keys'));
    },
  });
  // The paper's second model has the shape of the first.
  return settings.values ? { ...model, values: { window, embedding: E, hidden, layers, interval } } : model;
}
