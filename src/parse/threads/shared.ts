// Memory that threads share. To hand it over costs nothing, while each ArrayBuffer that changes threads counts as newly
// allocated on both sides and drives the garbage collector.

export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

export function sharedInts(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(length * 4));
}
