import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { Vocabulary } from '../../data/vocabulary.js';
import type { HostTensors, Tensors } from '../../engine/engine.js';
import { UserError } from '../../error.js';
import { initial, linear, linearParameters } from '../layers.js';
import { lstm, lstmParameters } from '../lstm.js';
import type { ModelContext, SequenceModel } from '../model.js';
import { windowModel } from '../windowModel.js';
import { TemplateVectors } from './semantics.js';
import type { LoganomalySettings } from './settings.js';

/**
 * LogAnomaly (Meng et al.: LogAnomaly: Unsupervised Detection of Sequential and Quantitative Anomalies in Unstructured
 * Logs, IJCAI 2019): an LSTM reads the meanings of the templates in a window, beside it a layer reads how often each
 * template occurs in it; together they tell the next one. A template that training never saw is taken for the known one
 * nearest in meaning, if there is one that shares words with it.
 *
 * Two things are simpler than in the paper: the meanings (`semantics.ts`), and the counts, which a dense layer reads in
 * place of a second LSTM.
 *
 * Legend: B windows, W events in a window, S size of a meaning, D hidden, V vocabulary.
 */
export function loganomaly(settings: LoganomalySettings, context: ModelContext): SequenceModel {
  const { vocabularySize: V, seed, texts } = context;
  const { window: W, semantics: S, hidden: D, layers } = settings;
  const vectors = new TemplateVectors(
    texts.filter((text) => text !== undefined),
    S,
    seed,
  );

  /** The meaning of each key [V, S]; 0 for special keys. */
  function meanings(): HostTensors[string] {
    if (texts.every((text) => text === undefined)) {
      throw new UserError('LogAnomaly reads the texts of templates, and event keys alone have none.', {
        next: 'name their table in `input.templates`, a CSV with the columns EventId,EventTemplate, and run: logbert vocab',
      });
    }
    const data = new Float32Array(V * S);
    texts.forEach((text, key) => {
      // A template of unknown text means something that no other one does.
      if (key >= Vocabulary.SPECIALS) data.set(vectors.of(text ?? nonce(key)), key * S);
    });
    return { data, shape: [V, S] };
  }

  /**
   * A dense layer on the counts of a window's keys [B, V]: the sum of the weights' rows that its keys name.
   * @returns [B, D]
   */
  function counted(keys: Tensor2D, parameters: Tensors): Tensor2D {
    const rows = tf.gather(parameters['counts/weight'], tf.reshape(keys, [-1]) as Tensor1D); // [W*B, D]
    const sums = tf.sum(tf.reshape(rows, [W, keys.shape[1], D]), 0); // [B, D]
    return tf.tanh(tf.add(sums, parameters['counts/bias']));
  }

  return windowModel(settings, {
    state: () => ({ meanings: meanings() }),
    parameters: (random) => ({
      ...lstmParameters('lstm', { inputs: S, hidden: D, layers }, random),
      'counts/weight': initial([V, D], () => (2 * random.next() - 1) / W),
      'counts/bias': initial([D], () => 0),
      ...linearParameters('keys', 2 * D, V, random),
    }),
    predict(inputs) {
      const keys = inputs.keys as Tensor2D;
      const read = lstm(inputs.meanings as Tensor2D, keys, inputs, 'lstm', layers);
      const both = tf.concat([read, counted(keys, inputs)], 1) as Tensor2D; // [B, 2D]
      return tf.logSoftmax(linear(both, inputs, 'keys'));
    },
    match(text) {
      const vector = vectors.of(text);
      const known = meanings().data;
      // Texts without a common word have a cosine of 0 give or take 1 / sqrt(S).
      let [nearest, best] = [Vocabulary.UNK, 3 / Math.sqrt(S)];
      for (let key = Vocabulary.SPECIALS; key < V; key++) {
        const cosine = vector.reduce((sum, x, i) => sum + x * known[key * S + i], 0);
        if (cosine > best) [nearest, best] = [key, cosine];
      }
      return nearest;
    },
  });
}

/** A word that stands for a template of unknown text. */
function nonce(key: number): string {
  return String(key).replace(/\d/g, (digit) => `q${'abcdefghij'[Number(digit)]}`);
}
