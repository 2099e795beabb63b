import * as tf from '@tensorflow/tfjs';

interface Call {
  inputs: Record<string, tf.TensorInfo>;
  attrs: Record<string, unknown>;
  backend: tf.KernelBackend;
}
type Kernel = (call: Call) => tf.TensorInfo;

/** What TensorFlow.js's wasm back end lacks, and what it does slowly. */
export function completeWasmKernels(): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return;
  register('UnsortedSegmentSum', unsortedSegmentSum);
  replace('BatchMatMul', straightProduct);
}

function register(kernelName: string, kernel: Kernel, setupFunc?: tf.KernelSetupFunc): void {
  const kernelFunc = kernel as unknown as tf.KernelFunc;
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc, setupFunc });
}

function replace(kernelName: string, change: (stock: Kernel) => Kernel): void {
  const { kernelFunc, setupFunc } = tf.getKernel(kernelName, 'wasm');
  tf.unregisterKernel(kernelName, 'wasm');
  register(kernelName, change(kernelFunc as unknown as Kernel), setupFunc);
}

/**
 * Matrix products whose operands are transposed beforehand: the back end has a fast product (XNNPACK's) for two
 * matrices as they lie, and three plain loops for all else. A training step takes a sixth of the time.
 */
function straightProduct(stock: Kernel): Kernel {
  const transpose = tf.getKernel('Transpose', 'wasm').kernelFunc as unknown as Kernel;
  return ({ inputs: { a, b }, attrs: { transposeA, transposeB }, backend }) => {
    if (a.shape.length > 2 || b.shape.length > 2) {
      return stock({ inputs: { a, b }, attrs: { transposeA, transposeB }, backend });
    }
    const straight = (x: tf.TensorInfo, turned: unknown) =>
      turned ? transpose({ inputs: { x }, attrs: { perm: [1, 0] }, backend }) : x;
    const [left, right] = [straight(a, transposeA), straight(b, transposeB)];
    const product = stock({
      inputs: { a: left, b: right },
      attrs: { transposeA: false, transposeB: false },
      backend,
    });
    if (left !== a) backend.disposeData(left.dataId);
    if (right !== b) backend.disposeData(right.dataId);
    return product;
  };
}

/** The gradient of a gather. */
function unsortedSegmentSum({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }: Call): tf.TensorInfo {
  const rows = backend.readSync(x.dataId) as Float32Array;
  const segments = backend.readSync(segmentIds.dataId) as Int32Array;
  const shape = [numSegments as number, ...x.shape.slice(1)];
  const width = rows.length / segments.length;
  const sums = new Float32Array(shape[0] * width);
  for (let i = 0; i < segments.length; i++) {
    for (let j = 0; j < width; j++) sums[segments[i] * width + j] += rows[i * width + j];
  }
  return { dataId: backend.write(sums, shape, 'float32'), shape, dtype: 'float32' };
}
