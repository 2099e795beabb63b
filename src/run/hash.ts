import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const CHUNK = 1 << 20;

/** SHA-256 of a file's content, in hexadecimal. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(path);
  try {
    // Two buffers in turn: one is filled while the other is hashed. A stream would take a new one for each chunk.
    const buffers = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)];
    let next = handle.read(buffers[0], 0, CHUNK);
    for (let chunk = 0; ; chunk++) {
      const { bytesRead } = await next;
      if (bytesRead === 0) return hash.digest('hex');
      next = handle.read(buffers[(chunk + 1) % 2], 0, CHUNK);
      hash.update(buffers[chunk % 2].subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** JSON with sorted keys and without undefined values: equal settings give equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
