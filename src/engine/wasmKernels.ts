import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { MatrixProduct } from './matrixProduct.js';

interface Call {
  inputs: Record<string, tf.TensorInfo>;
  attrs: Record<string, unknown>;
  backend: BackendWasm;
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
 * Matrix products by a kernel of our own, whose operands are transposed beforehand. The back end has a fast product
 * (XNNPACK's) for two matrices as they lie, at two thirds of the speed, and plain loops for all else, at a twentieth.
 */
function straightProduct(stock: Kernel): Kernel {
  const transpose = tf.getKernel('Transpose', 'wasm').kernelFunc as unknown as Kernel;
  const products = new MatrixProduct();
  return ({ inputs: { a, b }, attrs: { transposeA, transposeB }, backend }) => {
    const straight = (x: tf.TensorInfo, turned: unknown) =>
      turned ? transpose({ inputs: { x }, attrs: { perm: lastTwoSwapped(x.shape.length) }, backend }) : x;
    const [left, right] = [straight(a, transposeA), straight(b, transposeB)];
    const attrs = { transposeA: false, transposeB: false };
    const product = arePairs(left, right)
      ? productOf(products, left, right, backend)
      : stock({ inputs: { a: left, b: right }, attrs, backend });
    if (left !== a) backend.disposeData(left.dataId);
    if (right !== b) backend.disposeData(right.dataId);
    return product;
  };
}

function lastTwoSwapped(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, -2), rank - 1, rank - 2];
}

/** Whether each matrix of one has its own of the other. */
function arePairs({ shape: a, dtype }: tf.TensorInfo, { shape: b }: tf.TensorInfo): boolean {
  return dtype === 'float32' && a.slice(0, -2).join() === b.slice(0, -2).join();
}

function productOf(products: MatrixProduct, a: tf.TensorInfo, b: tf.TensorInfo, backend: BackendWasm): tf.TensorInfo {
  const [rows, inner] = a.shape.slice(-2);
  const columns = b.shape.at(-1)!;
  const pairs = a.shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const product = backend.makeOutput([...a.shape.slice(0, -1), columns], 'float32');
  const [left, right, result] = [a, b, product].map((x) => backend.typedArrayFromHeap(x) as Float32Array);
  products.multiply(left, right, result, { pairs, rows, inner, columns });
  return product;
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
