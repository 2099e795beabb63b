import { elementwise } from './elementwise.js';
import type { Kernels } from './kernel.js';
import { products } from './products.js';
import { reductions } from './reductions.js';
import { constants, shapes } from './shapes.js';

/**
 * Every kernel that can be recorded, by its TensorFlow.js name. To add one, add one entry to the table of its kind: its shape
 * rule (see `tfjs-core/src/ops`), the attributes that it keeps, and its ONNX nodes (opset 17).
 */
export const kernels: Kernels = { ...elementwise, ...constants, ...shapes, ...reductions, ...products };
