import { readFile, writeFile } from 'node:fs/promises';
import type { HostTensor, HostTensors } from '../engine/engine.js';

/**
 * The safetensors format (https://github.com/huggingface/safetensors): the header's length as a 64-bit little-endian
 * number, a JSON header, then the tensors' bytes.
 */
interface Header {
  __metadata__?: Record<string, string>;
  [name: string]:
    | { dtype: string; shape: number[]; data_offsets: [number, number] }
    | Record<string, string>
    | undefined;
}

export interface SafeTensors {
  readonly metadata: Record<string, string>;
  readonly tensors: HostTensors;
}

export async function writeSafeTensors(path: string, content: SafeTensors): Promise<void> {
  await writeFile(path, safeTensorsParts(content));
}

/** The bytes of a safetensors file: its header, then the tensors. */
export function* safeTensorsParts({ metadata, tensors }: SafeTensors): Generator<Buffer> {
  const header: Header = { __metadata__: metadata };
  let at = 0;
  for (const [name, { data, shape }] of Object.entries(tensors)) {
    const dtype = data instanceof Float32Array ? 'F32' : 'I32';
    header[name] = { dtype, shape: [...shape], data_offsets: [at, at + data.byteLength] };
    at += data.byteLength;
  }
  const text = JSON.stringify(header);
  const json = Buffer.from(text.padEnd(text.length + ((8 - (Buffer.byteLength(text) % 8)) % 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  yield Buffer.concat([length, json]);
  for (const { data } of Object.values(tensors)) yield Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** @throws Error that says what is wrong when the file is cut or is something else */
export async function readSafeTensors(path: string): Promise<SafeTensors> {
  return safeTensorsFrom(await readFile(path));
}

/**
 * The tensors in the bytes of a safetensors file.
 * @throws Error that says what is wrong when they are cut or are something else
 */
export function safeTensorsFrom(file: Buffer): SafeTensors {
  const headerLength = file.length >= 8 ? Number(file.readBigUInt64LE()) : 0;
  if (headerLength === 0 || headerLength > file.length - 8) throw new Error('it has no safetensors header');
  const header = parseHeader(file.subarray(8, 8 + headerLength).toString());
  const { __metadata__: metadata = {}, ...entries } = header;
  const body = file.subarray(8 + headerLength);
  const tensors = Object.entries(entries).map(([name, entry]) => [name, readTensor(name, entry, body)]);
  return { metadata, tensors: Object.fromEntries(tensors) };
}

function parseHeader(text: string): Header {
  try {
    return JSON.parse(text) as Header;
  } catch {
    throw new Error('its safetensors header is not JSON');
  }
}

function readTensor(name: string, entry: Header[string], body: Buffer): HostTensor {
  const { dtype, shape, data_offsets } = entry as { dtype: string; shape: number[]; data_offsets: [number, number] };
  if (dtype !== 'F32' && dtype !== 'I32') throw new Error(`the tensor ${name} has the type ${dtype}`);
  const [from, to] = data_offsets;
  const length = shape.reduce((product, size) => product * size, 1);
  if (to > body.length || to - from !== length * 4) throw new Error(`the tensor ${name} is cut off`);
  const bytes = Uint8Array.from(body.subarray(from, to)).buffer; // a copy is aligned, a view need not be
  return { data: dtype === 'F32' ? new Float32Array(bytes) : new Int32Array(bytes), shape };
}
