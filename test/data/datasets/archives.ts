import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { type Headers, pack } from 'tar-stream';
import type { Dataset } from '../../../src/data/datasets/registry.js';

export interface Entry {
  name: string;
  content?: string | Buffer;
  /** Unix mode with the type of the file, such as 0o120777 for a link. */
  mode?: number;
}

/** Python's and our own writers refuse the names that these tests need. */
export function zipOf(entries: Entry[], zip64 = false): Buffer {
  const [parts, directory]: Buffer[][] = [[], []];
  let offset = 0;
  for (const { name, content = '', mode = 0o100644 } of entries) {
    const [raw, file] = [Buffer.from(content), Buffer.from(name)];
    const packed = deflateRawSync(raw);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(crc(raw), 14);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(raw.length, 22);
    local.writeUInt16LE(file.length, 26);
    parts.push(local, file, packed);
    directory.push(record({ file, raw, packed, mode, offset, zip64 }));
    offset += local.length + file.length + packed.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...parts, central, ...endOf(entries.length, central.length, offset, zip64)]);
}

function record(entry: { file: Buffer; raw: Buffer; packed: Buffer; mode: number; offset: number; zip64: boolean }) {
  const { file, raw, packed, mode, offset, zip64 } = entry;
  const extra = Buffer.alloc(zip64 ? 28 : 0);
  if (zip64) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    [raw.length, packed.length, offset].forEach((value, i) => {
      extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
    });
  }
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE((3 << 8) | 45, 4);
  head.writeUInt16LE(45, 6);
  head.writeUInt16LE(8, 10);
  head.writeUInt32LE(crc(raw), 16);
  head.writeUInt32LE(zip64 ? 0xffffffff : packed.length, 20);
  head.writeUInt32LE(zip64 ? 0xffffffff : raw.length, 24);
  head.writeUInt16LE(file.length, 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE((mode << 16) >>> 0, 38);
  head.writeUInt32LE(zip64 ? 0xffffffff : offset, 42);
  return Buffer.concat([head, file, extra]);
}

function endOf(entries: number, bytes: number, offset: number, zip64: boolean): Buffer[] {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : entries, 8);
  end.writeUInt16LE(zip64 ? 0xffff : entries, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : bytes, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  if (!zip64) return [end];
  const big = Buffer.alloc(56);
  big.writeUInt32LE(0x06064b50, 0);
  big.writeBigUInt64LE(44n, 4);
  big.writeUInt16LE(45, 12);
  big.writeUInt16LE(45, 14);
  for (const [value, at] of [
    [entries, 24],
    [entries, 32],
    [bytes, 40],
    [offset, 48],
  ]) {
    big.writeBigUInt64LE(BigInt(value), at);
  }
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8);
  locator.writeUInt32LE(1, 16);
  return [big, locator, end];
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

export async function tarOf(entries: ({ content?: string } & Partial<Headers> & { name: string })[]): Promise<Buffer> {
  const tar = pack();
  for (const { content, ...header } of entries) tar.entry(header, content ?? '');
  tar.finalize();
  return gzipSync(await buffer(tar));
}

/** A data set whose archive is `content`. */
export function datasetOf(archive: string, content: Buffer, more: Partial<Dataset> = {}): Dataset {
  return {
    name: 'Sample',
    archive,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    unpackedBytes: 1_000_000,
    lines: 1000,
    labelled: false,
    logFiles: 'sample.log',
    ...more,
  };
}
