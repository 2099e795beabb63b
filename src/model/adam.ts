import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { HostTensor, HostTensors } from '../engine/engine.js';
import { ADAM_KERNEL } from './adamKernel.js';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
const PAGE = 65536;

/** A parameter and its moments. */
export interface Moving<T> {
  readonly parameter: T;
  readonly first: T;
  readonly second: T;
}

/** What of Adam depends on the step. */
export interface StepNumbers<T> {
  /** rate / (1 - beta1^step) */
  readonly scale: T;
  /** 1 / (1 - beta2^step) */
  readonly correction: T;
  /** 1 - rate · decay */
  readonly keep: T;
}

/**
 * @param step counts from 1
 * @param decay shrinks each parameter by rate · decay of itself
 */
export function stepNumbers(rate: number, step: number, decay = 0): StepNumbers<number> {
  return { scale: rate / (1 - BETA1 ** step), correction: 1 / (1 - BETA2 ** step), keep: 1 - rate * decay };
}

/**
 * One step of Adam (Kingma and Ba, 2015, algorithm 1; with weight decay Loshchilov and Hutter, 2019, algorithm 2) for one
 * parameter, of any shape. Recorded into the graph where parameters stay on a GPU; `Adam` is its form for the host.
 */
export function adamStep(
  { parameter, first, second }: Moving<Tensor>,
  gradient: Tensor,
  { scale, correction, keep }: StepNumbers<Tensor>,
): Moving<Tensor> {
  const mean = tf.add(tf.mul(first, BETA1), tf.mul(gradient, 1 - BETA1));
  const square = tf.add(tf.mul(second, BETA2), tf.mul(tf.square(gradient), 1 - BETA2));
  const deviation = tf.add(tf.sqrt(tf.mul(square, correction)), EPSILON);
  const change = tf.div(tf.mul(mean, scale), deviation);
  return { parameter: tf.sub(tf.mul(parameter, keep), change), first: mean, second: square };
}

/** Addresses of parameters, moments and gradient in bytes, their length, and the numbers of adam.wat. */
type Kernel = (...of: [p: number, m: number, v: number, g: number, bytes: number, ...numbers: number[]]) => void;

/**
 * Parameters under Adam with their moments, side by side in the memory of a WebAssembly kernel that is `adamStep` in place:
 * a step, the copy of the gradients included, takes a sixth of the time of a loop in JavaScript.
 */
export class Adam {
  /** Views of the parameters; a step changes them in place. */
  readonly tensors: HostTensors;
  /** All parameters, their first and their second moments; each a view. */
  readonly parameters: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  private readonly gradients: HostTensors;
  private readonly kernel: Kernel;

  constructor(tensors: HostTensors) {
    const length = Object.values(tensors).reduce((sum, { data }) => sum + aligned(data.length), 0);
    const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil((4 * 4 * length) / PAGE)) });
    const view = (part: number) => new Float32Array(memory.buffer, part * 4 * length, length);
    [this.parameters, this.first, this.second] = [view(0), view(1), view(2)];
    this.tensors = viewsOf(tensors, this.parameters);
    this.gradients = viewsOf(tensors, view(3));
    for (const [name, { data }] of Object.entries(tensors)) this.tensors[name].data.set(data);
    const module = new WebAssembly.Module(Buffer.from(ADAM_KERNEL, 'base64'));
    this.kernel = new WebAssembly.Instance(module, { host: { memory } }).exports.adam as Kernel;
  }

  get names(): string[] {
    return Object.keys(this.tensors);
  }

  /** @param gradient gives the gradient for a parameter; the others as for `stepNumbers` */
  step(gradient: (name: string) => HostTensor, rate: number, step: number, decay = 0): void {
    for (const [name, { data }] of Object.entries(this.gradients)) data.set(gradient(name).data);
    const bytes = this.parameters.byteLength;
    const { scale, correction, keep } = stepNumbers(rate, step, decay);
    this.kernel(0, bytes, 2 * bytes, 3 * bytes, bytes, scale, correction, keep);
  }
}

/** Views into `flat`, one behind the other, each starting at a multiple of four numbers. */
export function viewsOf(tensors: HostTensors, flat: Float32Array): HostTensors {
  let at = 0;
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]): [string, HostTensor] => {
      const view = flat.subarray(at, at + data.length);
      at += aligned(data.length);
      return [name, { data: view, shape }];
    }),
  );
}

function aligned(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/**
 * Learning rate at a step (from 1): rises linearly over `warmup` steps to `peak`, then falls as step^-0.5 (Vaswani et
 * al., 2017, section 5.3; the peak of D^-0.5 · min(step^-0.5, step · warmup^-1.5) is (D · warmup)^-0.5).
 */
export function learningRate(step: number, peak: number, warmup: number): number {
  return peak * Math.min(step / warmup, Math.sqrt(warmup / step));
}
