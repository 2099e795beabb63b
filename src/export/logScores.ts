import { distinctSequences } from '../data/distinct.js';
import { type LineAccount, readLineSessions } from '../data/lineSessions.js';
import type { Engine } from '../engine/engine.js';
import { UserError } from '../error.js';
import { checkpointFrom } from '../model/checkpoint.js';
import { Scorer } from '../model/scorer.js';
import { modelOf } from '../model/trained.js';
import type { LogFile } from '../parse/logFiles.js';
import type { Progress } from '../progress.js';
import { type Bundle, PARTS } from './bundle.js';

export interface SessionScore {
  readonly id: string;
  /** Events of the session. */
  readonly length: number;
  /** The score that decides; higher is more anomalous. */
  readonly score: number;
  /** Whether it is above the bundle's threshold. */
  readonly alert: boolean;
  /** All scores of the model. */
  readonly scores: Readonly<Record<string, number>>;
  /** Where its lines stand, such as `app.log:12 15 16`. */
  readonly lines: string;
}

export interface LogScores {
  readonly bundle: string;
  readonly model: string;
  readonly engine: string;
  readonly threshold: { readonly score: string; readonly value: number };
  readonly account: LineAccount;
  readonly alerts: number;
  readonly sessions: readonly SessionScore[];
}

/**
 * Scores the sessions of raw logs with nothing but a bundle. A session of one event is scored like any other.
 * @param stdin stands in for standard input
 * @throws UserError when the bundle came from key files, or no line has the layout of its format
 */
export async function scoreLog(
  bundle: Bundle,
  logs: readonly LogFile[],
  engine: Engine,
  progress: Progress,
  stdin?: AsyncIterable<Uint8Array>,
): Promise<LogScores> {
  const state = bundle.parser();
  const { format, windowing, maxLineBytes, threshold, scoring, vocabulary } = bundle;
  if (!format || !state) {
    throw new UserError(`The bundle ${bundle.path} was made from files of event keys, so it can't read raw lines.`);
  }
  const reading = { format: format.layout, state, windowing, maxLineBytes, stdin };
  const { sessions, names, account } = await readLineSessions(logs, reading, progress);
  requireEvents(account, format);
  const checkpoint = checkpointFrom(bundle.part(PARTS.checkpoint), `${PARTS.checkpoint} of ${bundle.path}`, NEXT);
  const model = await modelOf({ checkpoint, vocabulary, ...scoring }, NEXT);
  const { sequences, of } = distinctSequences(sessions, () => true);
  const scorer = new Scorer(model, engine, checkpoint);
  const encoded = sequences.map((sequence) => sequence.map((template) => vocabulary.encode(template)));
  const tallies = await scorer.score(encoded, progress).finally(() => scorer.dispose());
  const summaries = tallies.map((tally) => model.summarize(tally));
  const scored = sessions.ids.map((id, i): SessionScore => {
    const scores = summaries[of[i]];
    const score = scores[threshold.score];
    const length = sessions.offsets[i + 1] - sessions.offsets[i];
    return { id, length, score, alert: score > threshold.value, scores, lines: names.of(i) };
  });
  return {
    bundle: bundle.path,
    model: checkpoint.model.name,
    engine: engine.description,
    threshold: { score: threshold.score, value: threshold.value },
    account,
    alerts: scored.filter(({ alert }) => alert).length,
    sessions: scored,
  };
}

const NEXT = 'logbert export --format bundle --run DIR';

function requireEvents({ lines, events, blank }: LineAccount, { name, layout }: NonNullable<Bundle['format']>): void {
  if (events > 0) return;
  const found = lines === blank ? 'there is none but blank ones' : `none of the ${lines} lines has it`;
  throw new UserError(
    `Expected lines of the format ${name}, '${layout.layouts[0]?.layout ?? layout.title}', such as '${layout.example}'; ${found}.`,
  );
}
