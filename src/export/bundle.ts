import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SHARED_FIELDS } from '../config/schema.js';
import { Vocabulary } from '../data/vocabulary.js';
import { UserError } from '../error.js';
import { type ParserState, parserFromJson } from '../parse/drain/parserState.js';
import type { Format } from '../parse/formats/formats.js';
import { errorCode, writeFileAtomic } from '../run/atomic.js';
import type { Threshold } from '../score/threshold.js';
import { type ArchiveManifest, type Parts, packArchive, unpackArchive } from './archive.js';

const FORMAT = 'logbert-bundle';
/** Raised when a bundle needs more to be understood than an older program knows; `READERS` keeps the older ones. */
const VERSION = 3;

/** Names of the standard parts; whoever writes a bundle may add others. */
export const PARTS = {
  /** Weights and settings of a neural model. */
  checkpoint: 'model.safetensors',
  /** Settings and state of a detector; a bundle has one of the two. */
  detector: 'detector.json',
  vocabulary: 'vocabulary.json',
  /** What makes `mix` of the scores; absent where there is no mix. */
  calibration: 'calibration.json',
  /** Drain's tree and templates with its masks; absent where sessions came from key files. */
  parser: 'parser.json',
  pipeline: 'pipeline.json',
  /** What `logbert evaluate` found; absent where the run had nothing to evaluate on. */
  metrics: 'metrics.json',
  card: 'README.md',
} as const;

const formatSchema = z.looseObject({
  title: z.string(),
  layouts: z.array(z.looseObject({ layout: z.string() })),
  fields: z.record(z.string(), z.string()),
  example: z.string(),
});

const modelSchema = z.object({ name: z.string(), part: z.string() });
const size = z.number().int().positive();
const shared = z.array(z.enum(SHARED_FIELDS));

const pipelineSchema = z.object({
  /** The line format as data, with its name; null where sessions came from key files. */
  format: z.object({ name: z.string(), layout: formatSchema }).nullable(),
  maxLineBytes: z.number().int().positive(),
  /** Which lines continue the record before, as `parse.join` says. */
  join: z.string().optional(),
  /** Whether personal data is masked before anything is made of a line. */
  pii: z.boolean().default(false),
  /** What makes a sequence: all lines that share `by`, or windows inside them, `length` and `step` in lines or milliseconds. */
  windowing: z.discriminatedUnion('window', [
    z.object({ window: z.literal('session'), by: shared.default(['session']) }),
    z.object({ window: z.literal('count'), by: shared.default([]), length: size, step: size }),
    z.object({ window: z.literal('time'), by: shared.default([]), length: size, step: size }),
  ]),
  /** What the masks of scoring are a function of, beside the length of a sequence. */
  scoring: z.object({
    seed: z.number().int().nonnegative(),
    rounds: z.number().int().positive(),
    precision: z.enum(['fp32', 'int8']).default('fp32'),
  }),
  /** A session whose score of this name exceeds `value` is an alert. */
  threshold: z.object({
    score: z.string(),
    value: z.number(),
    rule: z.string(),
    chosenOn: z.enum(['train', 'validation', 'test']),
  }),
});

/** How lines become sequences and scores become alerts. */
export interface Pipeline extends Omit<z.infer<typeof pipelineSchema>, 'format'> {
  readonly format: { readonly name: string; readonly layout: Format } | null;
  readonly threshold: Threshold & { readonly score: string };
}

/** Everything that turns raw lines into scores and alerts, in one file. */
export interface Bundle extends Pipeline {
  /** The file, as it was named. */
  readonly path: string;
  readonly manifest: ArchiveManifest;
  /** Name of the model, and the part that holds it. */
  readonly model: { readonly name: string; readonly part: string };
  /** Keys by template; undefined where the model is none of keys. */
  readonly vocabulary: Vocabulary | undefined;
  /** A parser of its own at each call, as parsing changes it; undefined where sessions came from key files. */
  parser(): ParserState | undefined;
  /** The model card, Markdown. */
  readonly card: string;
  /** @throws UserError when the bundle has no such part */
  part(name: string): Buffer;
  has(name: string): boolean;
}

/** What a bundle is written from. */
export interface BundleContents {
  readonly model: Bundle['model'];
  readonly pipeline: Pipeline;
  /** Content of each part but the pipeline, by name. */
  readonly parts: Parts;
  /** Whether the model has one of values beside it. */
  readonly valued?: boolean;
}

/** Writes a bundle; a reader sees the old file or the new one, whole. */
export function saveBundle(path: string, { model, pipeline, parts, valued }: BundleContents): Promise<void> {
  const settings = `${JSON.stringify(pipelineSchema.parse(pipeline), null, 2)}\n`;
  const { [PARTS.card]: card = '', ...rest } = parts;
  const all = { [PARTS.card]: card, [PARTS.pipeline]: settings, ...rest };
  // Version 1 knew of no calibration, and would have no score `mix` to judge by; version 2 of no model of values.
  const version = valued ? VERSION : rest[PARTS.calibration] === undefined ? 1 : 2;
  return writeFileAtomic(path, packArchive({ format: FORMAT, version, model }, all));
}

/**
 * Reads a bundle and checks it. Nothing of it is run, and nothing is written.
 * @param next the command that makes such a bundle
 * @throws UserError that names the part which is cut, missing or altered, or tells that a newer logbert wrote it
 */
export async function openBundle(path: string, next = NEXT): Promise<Bundle> {
  const file = await readFile(path).catch((error) => {
    const reason = REASONS[errorCode(error) ?? ''] ?? (error as Error).message;
    throw new UserError(`The bundle ${path} can't be read: ${reason}.`, { next, cause: error });
  });
  try {
    const { manifest, parts } = unpackArchive(file, FORMAT);
    const read = READERS[manifest.version];
    if (!read) throw new Error(`it has the version ${manifest.version}; this logbert reads up to ${VERSION}`);
    return read(path, manifest, parts, next);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`The bundle ${path} is refused: ${(error as Error).message}.`, { next, cause: error });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};
const NEXT = 'logbert export --format bundle --run DIR';

type Reader = (path: string, manifest: ArchiveManifest, parts: ReadonlyMap<string, Buffer>, next: string) => Bundle;

/** How each version is read. */
const READERS: Readonly<Record<number, Reader>> = { 1: readVersion1, 2: readVersion1, 3: readVersion1 };

function readVersion1(
  path: string,
  manifest: ArchiveManifest,
  parts: ReadonlyMap<string, Buffer>,
  next: string,
): Bundle {
  const part = (name: string): Buffer => {
    const found = parts.get(name);
    if (!found) throw new UserError(`The bundle ${path} has no part ${name}.`, { next });
    return found;
  };
  const json = (name: string): unknown => {
    try {
      return JSON.parse(part(name).toString());
    } catch (error) {
      throw error instanceof UserError ? error : new Error(`its part ${name} isn't JSON`);
    }
  };
  const pipeline = pipelineSchema.safeParse(json(PARTS.pipeline));
  if (!pipeline.success) {
    const [{ path: at, message }] = pipeline.error.issues;
    throw new Error(`its part ${PARTS.pipeline}: ${at.join('.')}: ${message}`);
  }
  const model = modelSchema.safeParse(manifest.model);
  if (!model.success || !parts.has(model.data.part)) throw new Error('its manifest names no part that holds a model');
  return {
    ...(pipeline.data as Pipeline),
    path,
    manifest,
    model: model.data,
    vocabulary: parts.has(PARTS.vocabulary)
      ? Vocabulary.fromJSON(json(PARTS.vocabulary), `${PARTS.vocabulary} of ${path}`)
      : undefined,
    parser: () => (parts.has(PARTS.parser) ? parserFromJson(part(PARTS.parser).toString()) : undefined),
    card: part(PARTS.card).toString(),
    part,
    has: (name) => parts.has(name),
  };
}
