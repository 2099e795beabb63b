import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { gelu, layerNormalization } from '../engine/composites.js';
import type { Context, HostTensor, HostTensors, Tensors } from '../engine/engine.js';
import type { Random } from '../random.js';

/*
 * Building blocks of the encoder. B sequences, T tokens, D hidden, H heads, F feed-forward. Activations are kept
 * two-dimensional and time-major, [T*B, D]: every product is then a plain matrix product, and splitting into heads
 * needs one cheap transposition in place of a four-dimensional one.
 */

export interface EncoderShape {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly dropout: number;
}

/** Parameters of one linear layer: uniform in ±1/sqrt(inputs), as PyTorch's `Linear` starts. */
export function linearParameters(name: string, inputs: number, outputs: number, random: Random): HostTensors {
  const bound = 1 / Math.sqrt(inputs);
  const uniform = (shape: number[]) => initial(shape, () => (2 * random.next() - 1) * bound);
  return { [`${name}/weight`]: uniform([inputs, outputs]), [`${name}/bias`]: uniform([outputs]) };
}

export function normParameters(name: string, size: number): HostTensors {
  return { [`${name}/gain`]: initial([size], () => 1), [`${name}/bias`]: initial([size], () => 0) };
}

export function encoderParameters({ hidden: D, layers, feedForward: F }: EncoderShape, random: Random): HostTensors {
  const parameters: HostTensors = {};
  for (let i = 0; i < layers; i++) {
    const name = `layer${i}`;
    Object.assign(
      parameters,
      normParameters(`${name}/attention/norm`, D),
      linearParameters(`${name}/attention/query`, D, D, random),
      linearParameters(`${name}/attention/key`, D, D, random),
      linearParameters(`${name}/attention/value`, D, D, random),
      linearParameters(`${name}/attention/output`, D, D, random),
      normParameters(`${name}/feedForward/norm`, D),
      linearParameters(`${name}/feedForward/inner`, D, F, random),
      linearParameters(`${name}/feedForward/outer`, F, D, random),
    );
  }
  return parameters;
}

export function initial(shape: readonly number[], value: () => number): HostTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return { data: Float32Array.from({ length }, value), shape };
}

export function linear(x: Tensor2D, parameters: Tensors, name: string): Tensor2D {
  return tf.add(tf.matMul(x, parameters[`${name}/weight`] as Tensor2D), parameters[`${name}/bias`]);
}

export function norm(x: Tensor2D, parameters: Tensors, name: string): Tensor2D {
  return layerNormalization(x, parameters[`${name}/gain`] as Tensor1D, parameters[`${name}/bias`] as Tensor1D);
}

/**
 * Fixed sinusoidal position table (Vaswani et al., 2017, section 3.5).
 * @returns [tokens, D]
 */
export function sinusoids(tokens: number, hidden: number): Tensor2D {
  const table = new Float32Array(tokens * hidden);
  for (let t = 0; t < tokens; t++) {
    for (let d = 0; d < hidden; d++) {
      const angle = t / 10000 ** ((d - (d % 2)) / hidden);
      table[t * hidden + d] = d % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return tf.tensor2d(table, [tokens, hidden]);
}

/**
 * A stack of transformer layers, each normalised before its two parts (as in the authors' code).
 * @param x [T*B, D]
 * @param bias [B, 1, 1, T] added to the attention scores: 0, or very negative where a token is padding
 * @param asked [R] indices into x of the outputs that are read, so that the last layer need not compute the others
 * @returns [T*B, D]; with `asked` [R, D]
 */
export function encoder(
  x: Tensor2D,
  bias: Tensor,
  parameters: Tensors,
  shape: EncoderShape,
  context: Context,
  asked?: Tensor1D,
): Tensor2D {
  const drop = (y: Tensor) => context.dropout(y, shape.dropout) as Tensor2D;
  for (let i = 0; i < shape.layers; i++) {
    const part = (name: string) => `layer${i}/${name}`;
    const needed = (y: Tensor2D) => (asked && i === shape.layers - 1 ? tf.gather(y, asked) : y);
    const mixed = attention(
      norm(x, parameters, part('attention/norm')),
      bias,
      parameters,
      part('attention'),
      shape,
      context,
    );
    x = tf.add(needed(x), drop(linear(needed(mixed), parameters, part('attention/output'))));
    const inner = drop(
      gelu(linear(norm(x, parameters, part('feedForward/norm')), parameters, part('feedForward/inner'))),
    ); // [T*B, F]
    x = tf.add(x, drop(linear(inner, parameters, part('feedForward/outer'))));
  }
  return x;
}

/** Multi-head self-attention up to the projection of its heads (Vaswani et al., 2017, section 3.2): [T*B, D] -> [T*B, D] */
function attention(
  x: Tensor2D,
  bias: Tensor,
  parameters: Tensors,
  name: string,
  { hidden: D, heads: H, dropout }: EncoderShape,
  context: Context,
): Tensor2D {
  const [B, , , T] = bias.shape;
  const split = (part: string, scale = 1): Tensor => {
    const projected = linear(x, parameters, `${name}/${part}`); // [T*B, D]
    const scaled = scale === 1 ? projected : tf.mul(projected, scale);
    return tf.transpose(tf.reshape(scaled, [T, B * H, D / H]), [1, 0, 2]); // [T, B*H, D/H] -> [B*H, T, D/H]
  };
  const query = split('query', 1 / Math.sqrt(D / H));
  const scores = tf.matMul(query, split('key'), false, true); // [B*H, T, D/H] x [B*H, D/H, T] -> [B*H, T, T]
  const biased = tf.add(tf.reshape(scores, [B, H, T, T]), bias);
  const weights = context.dropout(tf.softmax(biased), dropout); // [B, H, T, T]
  const mixed = tf.matMul(tf.reshape(weights, [B * H, T, T]), split('value')); // [B*H, T, D/H]
  return tf.reshape(tf.transpose(mixed, [1, 0, 2]), [T * B, D]); // [T, B*H, D/H] -> [T*B, D]
}
