import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Layer normalisation over the last axis (Ba et al., 2016): (x - mean) / sqrt(variance + epsilon) · gain + bias.
 *
 * A named composite: where the back end knows the kernel `LayerNormalization` (the tracer does) it is called whole,
 * elsewhere it is composed. Its gradient is written once, in terms of the saved mean and inverse deviation.
 * @param x [N, D]
 */
export function layerNormalization(x: Tensor2D, gain: Tensor1D, bias: Tensor1D, epsilon = 1e-5): Tensor2D {
  const normalize = tf.customGrad((...args) => {
    const [x, gain, bias, save] = args as unknown as [Tensor2D, Tensor1D, Tensor1D, tf.GradSaveFunc];
    const [y, mean, inverse] = tf.getKernel('LayerNormalization', tf.getBackend())
      ? (tf.engine().runKernel('LayerNormalization', { x, gain, bias }, { epsilon }) as Tensor[])
      : composedLayerNormalization(x, gain, bias, epsilon);
    save([x, gain, mean, inverse]);
    return { value: y, gradFunc: (dy: Tensor, saved: Tensor[]) => layerNormalizationGradient(dy, saved) };
  });
  return normalize(x, gain, bias) as Tensor2D;
}

function composedLayerNormalization(x: Tensor, gain: Tensor, bias: Tensor, epsilon: number): Tensor[] {
  const mean = tf.mean(x, -1, true); // [N, 1]
  const centred = tf.sub(x, mean);
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon)); // [N, 1]
  return [tf.add(tf.mul(tf.mul(centred, inverse), gain), bias), mean, inverse];
}

function layerNormalizationGradient(dy: Tensor, [x, gain, mean, inverse]: Tensor[]): Tensor[] {
  const normal = tf.mul(tf.sub(x, mean), inverse); // [N, D]
  const dGain = tf.mul(dy, normal); // [N, D], to be summed
  // Means over D of dy · gain and of dy · gain · normal, as products with a column.
  const column = tf.reshape(tf.mul(gain, 1 / gain.size), [gain.size, 1]); // [D, 1]
  const meanDNormal = tf.matMul(dy as Tensor2D, column as Tensor2D); // [N, 1]
  const along = tf.mul(normal, tf.matMul(dGain as Tensor2D, column as Tensor2D));
  const dx = tf.mul(tf.sub(tf.sub(tf.mul(dy, gain), meanDNormal), along), inverse);
  return [dx, tf.sum(dGain, 0), tf.sum(dy, 0)];
}

/**
 * Gaussian error linear unit in its tanh form (Hendrycks and Gimpel, 2016), written as x · sigmoid(2u) with
 * u = sqrt(2/pi) · (x + 0.044715 x³), which is the same number and cheaper to differentiate.
 *
 * A named composite, as the layer normalisation is: the kernel is `Gelu`.
 */
export function gelu(x: Tensor): Tensor {
  const activate = tf.customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor, tf.GradSaveFunc];
    const whole = tf.getKernel('Gelu', tf.getBackend());
    const y = whole ? (tf.engine().runKernel('Gelu', { x }) as Tensor) : tf.mul(x, geluGate(x, tf.mul(x, x)));
    save([x, y]);
    return { value: y, gradFunc: (dy: Tensor, saved: Tensor[]) => geluGradient(dy, saved) };
  });
  return activate(x);
}

/** sigmoid(2u), the share of x that passes. */
function geluGate(x: Tensor, square: Tensor): Tensor {
  return tf.sigmoid(tf.mul(x, tf.add(tf.mul(square, GELU_CUBIC), GELU_LINEAR)));
}

function geluGradient(dy: Tensor, [x, y]: Tensor[]): Tensor {
  const square = tf.mul(x, x);
  const gate = geluGate(x, square);
  const slope = tf.add(tf.mul(square, 3 * GELU_CUBIC), GELU_LINEAR);
  const dGate = tf.mul(tf.sub(y, tf.mul(y, gate)), slope); // x · gate · (1 - gate) · slope
  return tf.mul(dy, tf.add(gate, dGate));
}

export const GELU_LINEAR = 2 * Math.sqrt(2 / Math.PI);
export const GELU_CUBIC = GELU_LINEAR * 0.044715;
