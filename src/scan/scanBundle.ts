import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { Vocabulary } from '../data/vocabulary.js';
import { UserError } from '../error.js';
import { openBundle, PARTS, saveBundle } from '../export/bundle.js';
import { parserFromJson, parserJson } from '../parse/drain/parserState.js';
import type { Format } from '../parse/formats/formats.js';
import { JoinRule } from '../parse/formats/joinRule.js';
import type { LogFile } from '../parse/input/logFiles.js';
import { errorCode, explainWrite } from '../run/atomic.js';
import { Lock } from '../run/lock.js';
import type { LineAccount, Reading } from './logReader.js';
import type { OrderModel } from './orderModel.js';
import type { Profile } from './profile.js';
import type { SessionModel } from './sessionModel.js';
import type { SessionRule } from './sessionRule.js';
import { templateText } from './templates.js';
import type { Told } from './told.js';
import { inYear } from './year.js';

/** Parts of a bundle beside the standard ones. */
const SCAN = 'scan.json';
const ODD = 'odd-lines.json';
const DETECTOR = 'detector.json';

const VERSION = 1;

/** A finding that somebody called normal; what it was about, if a scan beside this bundle told of it. */
export interface Accepted extends Partial<Told> {
  id: string;
  /** Who, when (ISO 8601) and why. */
  by: string;
  at: string;
  note: string;
}

/** One `fit`. */
export interface Fitting {
  at: string;
  files: string[];
  account: LineAccount;
  templates: number;
  /** Times of the first and the last line, ISO 8601; null where lines give none. */
  first: string | null;
  last: string | null;
}

/** All that `scan` needs to know. */
export interface ScanState {
  /** Name of the line format. */
  formatName: string;
  reading: Reading;
  sessions: SessionRule;
  profile: Profile;
  sessionModel: SessionModel;
  /** Undefined where there was no use for a sequence model. */
  orderModel?: OrderModel;
  /** Findings with fewer bits aren't told. */
  threshold: { bits: number; rule: string };
  fittings: Fitting[];
  accepted: Accepted[];
  maxLineBytes: number;
  /** Which lines continue a record; undefined: the default. */
  join?: string;
  /** Whether personal data is masked before anything is made of a line. */
  pii: boolean;
}

const saved = z.object({
  version: z.literal(VERSION),
  formatName: z.string(),
  format: z.looseObject({ layouts: z.array(z.looseObject({ layout: z.string() })) }),
  sessions: z.looseObject({ windowLines: z.number(), why: z.string() }),
  profile: z.looseObject({ rules: z.record(z.string(), z.unknown()), discounts: z.record(z.string(), z.number()) }),
  sessionModel: z.looseObject({ scores: z.array(z.number()), windowLines: z.number() }),
  orderModel: z
    .looseObject({
      limit: z.number(),
      unsure: z.array(z.number()).default([]),
      scores: z.array(z.number()),
      sessions: z.number(),
      windowLines: z.number(),
    })
    .optional(),
  threshold: z.object({ bits: z.number(), rule: z.string() }),
  fittings: z.array(z.looseObject({ at: z.string(), files: z.array(z.string()) })),
  accepted: z.array(z.looseObject({ id: z.string(), by: z.string(), at: z.string(), note: z.string() })),
  maxLineBytes: z.number(),
  join: z.string().optional(),
  pii: z.boolean().default(false),
});

/** Writes the bundle: a reader sees the old one or the new one, whole. */
export async function saveScan(path: string, state: ScanState): Promise<void> {
  const { reading, orderModel, ...rest } = state;
  const { checkpoint, ...order } = orderModel ?? {};
  const { drain } = reading.parser;
  const texts = new Map(drain.clusters.map((cluster) => [cluster.id, templateText(cluster)]));
  const { model } = state.sessionModel;
  const scan = { version: VERSION, format: reading.format, ...rest, orderModel: orderModel && order };
  await saveBundle(path, {
    model: { name: model.name, part: DETECTOR },
    pipeline: {
      format: { name: state.formatName, layout: reading.format },
      maxLineBytes: state.maxLineBytes,
      join: state.join,
      pii: state.pii,
      windowing: windowingOf(state.sessions),
      scoring: { seed: 42, rounds: 1, precision: 'fp32' },
      threshold: { score: 'distance', value: lastOf(state.sessionModel.scores), ...DISTANCE_RULE },
    },
    parts: {
      [PARTS.card]: card(state),
      [PARTS.parser]: parserJson(reading.parser),
      [PARTS.vocabulary]: `${JSON.stringify(new Vocabulary(texts.keys(), texts), null, 2)}\n`,
      [DETECTOR]: `${JSON.stringify({ format: 'logbert-detector', version: 1, model, training: {}, state: state.sessionModel.state })}\n`,
      ...(checkpoint && { [PARTS.checkpoint]: checkpoint }),
      [ODD]: parserJson(reading.odd),
      [SCAN]: `${JSON.stringify(scan)}\n`,
    },
  });
}

const DISTANCE_RULE = {
  rule: 'the largest distance of a session of the last third of training',
  chosenOn: 'validation',
} as const;

/**
 * Keeps others from changing a bundle while `body` reads it and writes it anew, so that nothing that they add is lost.
 * @throws UserError when another process is at it
 */
export function changingBundle<T>(path: string, body: () => Promise<T>): Promise<T> {
  return Lock.during(path, 'Choose another bundle.', body);
}

/** @throws UserError when something stands at the path of a bundle that is none, such as the log itself */
export async function requireBundleOrNothing(path: string): Promise<void> {
  const content = await readFile(path).catch((error) => {
    if (errorCode(error) === 'ENOENT' && existsSync(dirname(path))) return undefined;
    throw explainWrite(error, path);
  });
  if (content === undefined || content.subarray(0, 2).toString() === 'PK') return;
  throw new UserError(`${path} is no bundle, and isn't overwritten by one. Choose another file with --bundle.`);
}

/** @throws UserError when there is none */
export function requireBundle(path: string): void {
  if (!existsSync(path)) throw new UserError(`There is no bundle ${path}.`, { next: remake(path) });
}

/** The command that makes a bundle anew. */
const remake = (path: string) => `logbert fit FILE --bundle ${path}`;

/** @throws UserError when the bundle can't be read, or wasn't written by `logbert fit` */
export async function openScan(path: string): Promise<ScanState> {
  requireBundle(path);
  const next = remake(path);
  const bundle = await openBundle(path, next);
  if (!bundle.has(SCAN)) {
    throw new UserError(`The bundle ${path} was not made by logbert fit, so it can't tell findings.`, { next });
  }
  const parsed = saved.safeParse(JSON.parse(bundle.part(SCAN).toString()));
  if (!parsed.success) {
    const [{ path: at, message }] = parsed.error.issues;
    throw new UserError(`The bundle ${path} is damaged: ${SCAN}: ${at.join('.')}: ${message}.`, { next });
  }
  const { format, version: _, ...rest } = parsed.data;
  const reading = {
    format: format as unknown as Format,
    parser: parserFromJson(bundle.part(PARTS.parser).toString()),
    odd: parserFromJson(bundle.part(ODD).toString()),
    join: new JoinRule(rest.join),
  };
  const orderModel = rest.orderModel && { ...rest.orderModel, checkpoint: bundle.part(PARTS.checkpoint) };
  return { ...rest, orderModel, reading } as unknown as ScanState;
}

/** The state, to read these logs with; times without a year have this one, or that of the logs. */
export async function inYearOf(logs: readonly LogFile[], state: ScanState, year?: number): Promise<ScanState> {
  const format = await inYear(state.reading.format, logs, year);
  return { ...state, reading: { ...state.reading, format } };
}

function windowingOf({ pattern, field, windowLines }: SessionRule) {
  if (pattern !== undefined || field !== undefined) return { window: 'session' as const, by: ['session' as const] };
  return { window: 'count' as const, by: [], length: windowLines, step: windowLines };
}

function lastOf(scores: readonly number[]): number {
  return scores[scores.length - 1] ?? 0;
}

function card({ formatName, sessions, fittings, reading, threshold }: ScanState): string {
  const lines = fittings.map(
    ({ files, account, first, last }) =>
      `- ${files.join(', ')}: ${account.linesIn} lines, ${first ?? '?'} to ${last ?? '?'}`,
  );
  return `# What this bundle knows

Written by \`logbert fit\`, to be used with \`logbert scan FILE --bundle\`.

${lines.join('\n')}

- line format: ${formatName}
- templates: ${reading.parser.drain.clusters.length}
- sessions: ${sessions.why}
- findings are told from ${threshold.bits.toFixed(1)} bits on: ${threshold.rule}
`;
}
