import * as tf from '@tensorflow/tfjs';
import { type HostTensor, type HostTensors, type Kept, nextOf, type Tensors } from './engine.js';
import { onBackend } from './trace.js';

/** Puts tensors into the memory of the back end in force. */
export function upload(tensors: HostTensors): Tensors {
  const entries = Object.entries(tensors).map(([name, { data, shape }]) => {
    return [name, tf.tensor(data, [...shape], data instanceof Float32Array ? 'float32' : 'int32')] as const;
  });
  return Object.fromEntries(entries);
}

export function download(tensors: Tensors): HostTensors {
  const entries = Object.entries(tensors).map(([name, tensor]): [string, HostTensor] => {
    return [name, { data: tensor.dataSync() as HostTensor['data'], shape: tensor.shape }];
  });
  return Object.fromEntries(entries);
}

/** Tensors that stay in the memory of a back end of TensorFlow.js. */
export class EagerKept implements Kept {
  private now: Tensors;

  constructor(
    private readonly backend: string,
    tensors: HostTensors,
  ) {
    this.now = onBackend(backend, () => upload(tensors));
  }

  get tensors(): Tensors {
    return this.now;
  }

  /** Takes what a function made for them in their place. @returns the other outputs */
  replace(outputs: Tensors): Tensors {
    const next = { ...this.now };
    const others = { ...outputs };
    for (const name of Object.keys(next).filter((name) => outputs[nextOf(name)])) {
      next[name].dispose();
      next[name] = tf.keep(outputs[nextOf(name)]);
      delete others[nextOf(name)];
    }
    this.now = next;
    return others;
  }

  async read(): Promise<HostTensors> {
    return onBackend(this.backend, () => download(this.now));
  }

  async dispose(): Promise<void> {
    tf.dispose(this.now);
  }
}
