import * as tf from '@tensorflow/tfjs';

/** The gradient of a gather; TensorFlow.js's wasm back end lacks it. */
export function registerMissingWasmKernels(): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return;
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const storage = backend as tf.KernelBackend;
      const { x, segmentIds } = inputs as Record<string, tf.TensorInfo>;
      const rows = storage.readSync(x.dataId) as Float32Array;
      const segments = storage.readSync(segmentIds.dataId) as Int32Array;
      const shape = [attrs!.numSegments as number, ...x.shape.slice(1)];
      const width = rows.length / segments.length;
      const sums = new Float32Array(shape[0] * width);
      for (let i = 0; i < segments.length; i++) {
        for (let j = 0; j < width; j++) sums[segments[i] * width + j] += rows[i * width + j];
      }
      return { dataId: storage.write(sums, shape, 'float32'), shape, dtype: 'float32' };
    },
  });
}
