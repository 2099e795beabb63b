import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { differentiate, gradientOf } from '../../src/engine/differentiate.js';
import type { Engine, TensorFunction, Tensors } from '../../src/engine/engine.js';
import { openEngine } from '../../src/engine/open.js';
import { lstm, lstmParameters } from '../../src/model/lstm.js';
import { signatureOf } from '../../src/model/signature.js';
import { Random } from '../../src/random.js';
import { difference, RandomTensors } from '../engine/random.js';

const [V, E, H, T, B] = [6, 5, 4, 7, 3];
const r = new RandomTensors(5);

/** The layers as the equations say them, with the gradient that TensorFlow.js derives. */
function written(inputs: Tensors, layers: number): tf.Tensor {
  let steps = Array.from({ length: T }, (_, t) => {
    const keys = tf.reshape(tf.slice(inputs.keys, [t, 0], [1, -1]), [-1]) as tf.Tensor1D;
    const x = tf.gather(inputs.vectors, keys) as tf.Tensor2D;
    return tf.add(tf.matMul(x, inputs['lstm/inputs/weight'] as tf.Tensor2D), inputs['lstm/inputs/bias']);
  });
  for (let i = 0; i < layers; i++) {
    const weight = inputs[`lstm/${i}`] as tf.Tensor2D;
    const part = (from: number, rows: number) => tf.slice(weight, [from, 0], [rows, 4 * H]);
    let [h, c] = [tf.zeros([B, H]), tf.zeros([B, H])] as tf.Tensor2D[];
    steps = steps.map((x) => {
      const fed = i === 0 ? x : tf.add(tf.matMul(x as tf.Tensor2D, part(0, H)), part(2 * H, 1));
      const z = tf.add(fed, tf.matMul(h, part(i === 0 ? 0 : H, H)));
      const [a, f, o, g] = tf.split(z, 4, 1);
      c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(a), tf.tanh(g)));
      h = tf.mul(tf.sigmoid(o), tf.tanh(c));
      return h;
    });
  }
  return steps[T - 1];
}

describe.each([1, 2, 3])('an LSTM of %i layers', (layers) => {
  const parameters = lstmParameters('lstm', { inputs: E, hidden: H, layers }, new Random('lstm', layers));
  const trained = { vectors: r.float([V, E]), ...parameters };
  const inputs = { ...trained, keys: r.int([T, B], V) };
  const wrt = Object.keys(trained);
  const withLoss =
    (output: (x: Tensors) => tf.Tensor): TensorFunction =>
    (x) => {
      const y = output(x);
      return { y, loss: tf.sum(tf.square(tf.add(y, 0.3))) };
    };
  const whole: TensorFunction = withLoss((x) =>
    lstm(x.vectors as tf.Tensor2D, x.keys as tf.Tensor2D, x, 'lstm', layers),
  );
  let engines: Engine[];
  beforeAll(async () => {
    engines = await Promise.all([openEngine('cpu'), openEngine('onnx', { threads: 1 }), openEngine('wasm')]);
  });

  it('computes its equations and their gradients on every engine', async () => {
    const signature = signatureOf(inputs);
    const plain = differentiate(
      withLoss((x) => written(x, layers)),
      'loss',
      wrt,
    );
    const expected = await engines[0].compile(plain, signature).run(inputs);
    for (const engine of engines) {
      const actual = await engine.compile(differentiate(whole, 'loss', wrt), signature).run(inputs);
      for (const name of ['y', ...wrt.map(gradientOf)])
        expect(difference(actual[name], expected[name]), `${engine.name} ${name}`).toBeLessThan(1e-4);
    }
  });

  it('has the gradient that finite differences show', async () => {
    const run = engines[0].compile(whole, signatureOf(inputs));
    const exact = await engines[0].compile(differentiate(whole, 'loss', wrt), signatureOf(inputs)).run(inputs);
    for (const name of wrt) {
      const at = trained[name as keyof typeof trained];
      const i = at.data.length >> 1;
      const loss = async (shift: number) => {
        const data = Float32Array.from(at.data);
        data[i] += shift;
        return (await run.run({ ...inputs, [name]: { data, shape: at.shape } })).loss.data[0];
      };
      const slope = ((await loss(0.01)) - (await loss(-0.01))) / 0.02;
      expect(Math.abs(slope - exact[gradientOf(name)].data[i]), name).toBeLessThan(2e-3);
    }
  });
});
