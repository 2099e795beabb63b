import { createHash } from 'node:crypto';
import { unzipSync, type Zippable, zipSync } from 'fflate';
import { z } from 'zod';
import { canonical } from '../run/hash.js';

const MANIFEST = 'manifest.json';
const NAME = /^[\w-]+(?:[./][\w-]+)*$/;
/** Larger parts are refused before memory is taken for them. */
const MAX_BYTES = 2 ** 31;

const manifestSchema = z.looseObject({
  format: z.string(),
  version: z.number().int().positive(),
  /** Size and SHA-256 of each part. */
  parts: z.record(
    z.string().regex(NAME),
    z.object({ bytes: z.number().int().nonnegative().max(MAX_BYTES), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
  /** SHA-256 of the manifest as canonical JSON without this entry. */
  digest: z.string(),
});

export type ArchiveManifest = z.infer<typeof manifestSchema>;
export type Parts = Readonly<Record<string, Uint8Array | string>>;

export interface Archive {
  readonly manifest: ArchiveManifest;
  readonly parts: ReadonlyMap<string, Buffer>;
}

/**
 * A zip file of named parts. Its first entry, `manifest.json`, holds `about`, and size and hash of each part. Nothing of
 * the clock goes in: equal parts give equal bytes.
 */
export function packArchive(
  about: { format: string; version: number; [key: string]: unknown },
  parts: Parts,
): Uint8Array {
  const contents = Object.entries(parts).map(([name, content]): [string, Buffer] => {
    if (!NAME.test(name) || name === MANIFEST) throw new Error(`${name} can't be the name of a part.`);
    return [name, Buffer.from(content as Uint8Array)];
  });
  const listed = contents.map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }]);
  const manifest = { ...about, parts: Object.fromEntries(listed) };
  const head = `${JSON.stringify({ ...manifest, digest: digestOf(manifest) }, null, 2)}\n`;
  const entries: [string, Buffer][] = [[MANIFEST, Buffer.from(head)], ...contents];
  return zipSync(Object.fromEntries(entries.map(([name, bytes]) => [name, zipped(name, bytes)])));
}

function zipped(name: string, bytes: Buffer): Zippable[string] {
  // Weights shrink by less than a tenth, and stored ones open faster. The clock of zip files begins in 1980.
  return [bytes, { level: name.endsWith('.safetensors') ? 0 : 6, mtime: new Date(1980, 0, 1) }];
}

/**
 * Opens what `packArchive` gives and checks every part. Nothing is written to disk, nothing of it is run.
 * @throws Error that names the part which is cut, missing, altered or unknown
 */
export function unpackArchive(file: Uint8Array, format: string): Archive {
  const sizes = new Map<string, number>();
  unzip(file, ({ name, originalSize }) => {
    if (sizes.has(name)) throw new Error(`it was altered: it holds the part ${name} twice`);
    sizes.set(name, originalSize);
    return false;
  });
  const manifest = readManifest(file, sizes, format);
  for (const [name, { bytes }] of Object.entries(manifest.parts)) {
    if (!sizes.has(name)) throw new Error(`its part ${name} is missing`);
    if (sizes.get(name) !== bytes)
      throw new Error(`its part ${name} has ${sizes.get(name)} bytes in place of ${bytes}`);
  }
  const stranger = [...sizes.keys()].find((name) => name !== MANIFEST && !Object.hasOwn(manifest.parts, name));
  if (stranger !== undefined) throw new Error(`it was altered: its manifest doesn't name the part ${stranger}`);
  const contents = unzip(file, ({ name }) => name !== MANIFEST);
  const parts = Object.entries(manifest.parts).map(([name, expected]): [string, Buffer] => {
    const { buffer, byteOffset, length } = contents[name];
    const bytes = Buffer.from(buffer, byteOffset, length);
    if (sha256(bytes) !== expected.sha256) throw new Error(`its part ${name} isn't what its manifest says`);
    return [name, bytes];
  });
  return { manifest, parts: new Map(parts) };
}

function readManifest(file: Uint8Array, sizes: ReadonlyMap<string, number>, format: string): ArchiveManifest {
  const bytes = sizes.get(MANIFEST);
  if (bytes === undefined || bytes > 1 << 20) throw new Error(`it has no ${MANIFEST}, so it is no ${format}`);
  const text = Buffer.from(unzip(file, ({ name }) => name === MANIFEST)[MANIFEST]).toString();
  const { data } = manifestSchema.safeParse(parsedJson(text));
  if (!data) throw new Error(`its part ${MANIFEST} is damaged`);
  if (data.format !== format) throw new Error(`it is a ${data.format}, no ${format}`);
  const { digest, ...rest } = data;
  if (digestOf(rest) !== digest) throw new Error(`its part ${MANIFEST} isn't what was written`);
  return data;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Filter = (entry: { name: string; originalSize: number }) => boolean;

function unzip(file: Uint8Array, filter: Filter): Record<string, Uint8Array> {
  let passing: Error | undefined;
  try {
    return unzipSync(file, {
      filter: (entry) => {
        try {
          return filter(entry);
        } catch (error) {
          passing = error as Error;
          throw error;
        }
      },
    });
  } catch (error) {
    if (passing) throw passing;
    throw new Error(cutPart(file) ?? `it isn't a whole zip file (${(error as Error).message})`);
  }
}

/**
 * A file that was cut has lost the directory at its end. The local headers (APPNOTE.TXT 4.3.7) still tell in which part
 * the cut is.
 */
function cutPart(file: Uint8Array): string | undefined {
  const view = Buffer.from(file.buffer, file.byteOffset, file.length);
  let at = 0;
  let name: string | undefined;
  while (at + 30 <= view.length && view.readUInt32LE(at) === 0x04034b50) {
    const start = at + 30 + view.readUInt16LE(at + 26) + view.readUInt16LE(at + 28);
    name = view.toString('utf8', at + 30, at + 30 + view.readUInt16LE(at + 26));
    at = start + view.readUInt32LE(at + 18);
  }
  if (name === undefined) return undefined;
  return at > view.length ? `it is cut in its part ${name}` : `it is cut after its part ${name}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function digestOf(manifest: object): string {
  return sha256(Buffer.from(canonical(manifest)));
}
