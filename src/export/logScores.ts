import { distinctSequences } from '../data/distinct.js';
import { type LineAccount, readLineSessions } from '../data/lineSessions.js';
import { UserError } from '../error.js';
import { detailsFor, type SessionScorer } from '../model/sessionScorer.js';
import { JoinRule } from '../parse/formats/joinRule.js';
import type { LogFile } from '../parse/input/logFiles.js';
import { PiiMasker } from '../parse/pii/piiMasker.js';
import type { Progress } from '../progress.js';
import type { Bundle } from './bundle.js';

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
 * @param scorer the bundle's own (`openBundleScorer`)
 * @param stdin stands in for standard input
 * @throws UserError when the bundle came from key files, or no line has the layout of its format
 */
export async function scoreLog(
  bundle: Bundle,
  scorer: SessionScorer,
  logs: readonly LogFile[],
  progress: Progress,
  stdin?: AsyncIterable<Uint8Array>,
): Promise<LogScores> {
  const state = bundle.parser();
  const { format, windowing, maxLineBytes, join, pii, threshold } = bundle;
  if (!format || !state) {
    throw new UserError(`The bundle ${bundle.path} was made from files of event keys, so it can't read raw lines.`);
  }
  const reading = {
    format: format.layout,
    state,
    windowing,
    joinRule: new JoinRule(join),
    maxLineBytes,
    pii: pii ? new PiiMasker() : undefined,
    numbers: scorer.valued !== undefined,
    stdin,
  };
  const { sessions, names, account, numbers } = await readLineSessions(logs, reading, progress);
  requireEvents(account, format);
  if (sessions.ids.length === 0) throw wrongBundle(account, bundle.path);
  const { sequences, of, details } = distinctSequences(
    sessions,
    () => true,
    await detailsFor(scorer, sessions, async () => numbers!),
  );
  const found = await scorer.score(sequences, progress, details);
  const scored = sessions.ids.map((id, i): SessionScore => {
    const { scores } = found[of[i]];
    const score = scores[threshold.score];
    const length = sessions.offsets[i + 1] - sessions.offsets[i];
    return { id, length, score, alert: score > threshold.value, scores, lines: names.of(i) };
  });
  return {
    bundle: bundle.path,
    model: scorer.model,
    engine: scorer.engine,
    threshold: { score: threshold.score, value: threshold.value },
    account,
    alerts: scored.filter(({ alert }) => alert).length,
    sessions: scored,
  };
}

function requireEvents({ lines, events, blank }: LineAccount, { name, layout }: NonNullable<Bundle['format']>): void {
  if (events > 0) return;
  const found = lines === blank ? 'there is none but blank ones' : `none of the ${lines} lines has it`;
  throw new UserError(
    `Expected lines of the format ${name}, '${layout.layouts[0]?.layout ?? layout.title}', such as '${layout.example}'; ${found}.`,
  );
}

/** Lines that name no session are counted and not scored; where none names one, the bundle is of another log. */
function wrongBundle({ events, unmatched }: LineAccount, path: string): UserError {
  const found = `None of the ${events} events names a session, and ${unmatched} match no template`;
  return new UserError(`${found}: is ${path} the right bundle for this log?`, {
    next: 'logbert export --format bundle --run DIR, of a run on this log',
  });
}
