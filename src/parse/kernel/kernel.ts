import type { LineBatch } from '../input/lineBatch.js';
import { KERNEL } from './module.js';

/** A byte of the kernel's memory. */
export type Address = number;

/** What assembly/index.ts exports. */
interface Exports {
  memory: WebAssembly.Memory;
  allocate(bytes: number): Address;

  // Lines -> events.
  setLayouts(at: Address, count: number): void;
  setContentRules(at: Address): void;
  beginBatch(): number;
  textOf(bytes: number): Address;
  linesOf(count: number): Address;
  scanLines(from: number, count: number): number;
  roomForLines(count: number, bytes: number): void;
  beginEvent(): void;
  addId(start: number, end: number): void;
  addToken(start: number, end: number): void;
  addSpan(token: number, start: number, end: number): void;
  messageOf(start: Address, end: Address): number;
  /** Line, message, bounds of level, component, node, alert and content, time. */
  addEvent(...of: number[]): void;
  endBatch(): Address;

  // Lines -> sessions.
  setSessionId(at: Address): void;
  beginSessions(): void;
  scanSessions(from: number, count: number): number;
  addSession(start: Address, end: Address): void;
  endSessionRow(): void;
  sessionRows(): number;
  sessionParts(): Address;

  // Events -> row groups.
  roomForEvents(rows: number, times: number, ids: number, tokens: number, spans: number): Address;
  beginRows(batch: Address): void;
  addRows(from: number, count: number): number;
  setLastLines(count: number): void;
  rowsOfGroup(): number;
  rowsWithoutId(): number;
  encodeColumn(column: number, compressed: boolean): Address;
  nextGroup(): void;

  /** Where so many bytes can be put until the next call for it. */
  scratch(bytes: number): Address;
  mostPacked(bytes: number): number;
  pack(start: Address, bytes: number, to: Address): Address;
}

let compiled: WebAssembly.Module | undefined;

/** An instance of the WebAssembly kernel with its own memory. */
export class Kernel {
  readonly call: Exports;
  private view = new Uint8Array(0);
  private numberView = new Int32Array(0);

  constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(KERNEL, 'base64'));
    this.call = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  }

  /** Puts lines into memory and returns where their text is. */
  load({ count, bytes, length, starts, ends }: LineBatch): Address {
    const text = this.call.textOf(length);
    this.bytes.set(bytes.subarray(0, length), text);
    const lines = this.call.linesOf(count) >> 2;
    this.numbers.set(starts.subarray(0, count), lines);
    this.numbers.set(ends.subarray(0, count), lines + count);
    return text;
  }

  /** All memory. To be asked for anew after each call, which may have made it grow. */
  get bytes(): Uint8Array<ArrayBuffer> {
    this.renewViews();
    return this.view as Uint8Array<ArrayBuffer>;
  }

  /** The same as 32-bit numbers. */
  get numbers(): Int32Array {
    this.renewViews();
    return this.numberView;
  }

  /** Copies an array into memory that is never given back. */
  put({ buffer, byteOffset, byteLength }: Uint8Array | Int32Array | Uint32Array | Float64Array): Address {
    const at = this.call.allocate(byteLength);
    this.bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    return at;
  }

  /** Pairs of address and length that begin at `at`, as views of the memory. */
  parts(at: Address, count: number): Uint8Array[] {
    const { bytes, numbers } = this;
    return Array.from({ length: count }, (_, i) => {
      const start = numbers[(at >> 2) + 2 * i];
      return bytes.subarray(start, start + numbers[(at >> 2) + 2 * i + 1]);
    });
  }

  private renewViews(): void {
    const { buffer } = this.call.memory;
    if (this.view.buffer === buffer) return;
    this.view = new Uint8Array(buffer);
    this.numberView = new Int32Array(buffer);
  }
}
