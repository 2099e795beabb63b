import type { HostTensors, Signature } from '../engine/engine.js';

/** The signature of tensors whose shapes are fixed. */
export function signatureOf(tensors: HostTensors): Signature {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => {
      return [name, { shape, dtype: data instanceof Float32Array ? 'float32' : 'int32' }];
    }),
  );
}
