import * as tf from '@tensorflow/tfjs';
import type { TensorFunction, Tensors } from './engine.js';

/** Name of the output that holds the gradient for an input. */
export function gradientOf(name: string): string {
  return `gradient/${name}`;
}

/**
 * The function that returns, beside `fn`'s outputs, the gradient of its output `loss` (a scalar) for each input in
 * `wrt`, as `gradient/<name>`.
 */
export function differentiate(fn: TensorFunction, loss: string, wrt: readonly string[]): TensorFunction {
  const differentiated: TensorFunction = (inputs, context) => {
    let outputs: Tensors = {};
    const scalar = (...xs: tf.Tensor[]) => {
      const given = Object.fromEntries(wrt.map((name, i) => [name, xs[i]]));
      outputs = fn({ ...inputs, ...given }, context);
      // The gradient is taken in a scope of its own, which would dispose them.
      for (const output of Object.values(outputs)) tf.keep(output);
      return outputs[loss] as tf.Scalar;
    };
    const { value, grads } = tf.valueAndGrads(scalar)(wrt.map((name) => inputs[name]));
    const gradients = Object.fromEntries(wrt.map((name, i) => [gradientOf(name), grads[i]]));
    return { ...outputs, [loss]: value, ...gradients };
  };
  Object.defineProperty(differentiated, 'name', { value: `gradient of ${fn.name}` });
  return differentiated;
}
