import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import Papa from 'papaparse';
import { partOf } from '../config/parts.js';
import type { Settings } from '../config/schema.js';
import { type Details, type Distinct, distinctSequences, NOT_INCLUDED } from '../data/distinct.js';
import { LineNames } from '../data/lineNames.js';
import { writeTable } from '../data/parquet.js';
import { END_OF_SESSION, loadSessions, type Sessions, SPLITS, TRAIN, UNKNOWN } from '../data/sessions.js';
import { UsageError } from '../error.js';
import type { Progress } from '../progress.js';
import type { ArtefactName, RunFolder } from '../run/folder.js';
import { type Calibration, calibrate, calibrationText, withMix } from './mix.js';
import { detailsFor, numbersOf, openTrainedScorer, type Scored, type SessionScorer } from './sessionScorer.js';

export interface PredictionSummary {
  model: string;
  engine: string;
  sessions: number;
  /** Distinct sequences; each is scored once. */
  distinct: number;
  score: string;
  seconds: number;
  sessionsPerSecond: number;
}

/** Scores every session that was not trained on, and each of its events; writes scores.csv and event_scores.parquet. */
export async function predictScores(
  settings: Settings,
  run: RunFolder,
  progress: Progress,
): Promise<PredictionSummary> {
  const sessions = await loadSessions(run);
  const { scorer, details, calibration } = await openCalibrated(settings, run, sessions, progress);
  const chosen = chosenScore(scorer, settings.predict.score);
  const distinct = distinctSequences(sessions, (i) => sessions.splits[i] !== TRAIN, details);
  const started = performance.now();
  const scored = await scorer.score(distinct.sequences, progress, distinct.details).finally(() => scorer.dispose());
  const seconds = (performance.now() - started) / 1000;
  // The record of the training is the same file for all models: training another one makes the scores stale.
  const from: ArtefactName[] = ['training', run.has('detector') ? 'detector' : 'checkpoint', 'sequences'];
  if (scorer.valued) from.push('events');
  const files: ArtefactName[] = ['scores', 'eventScores', ...(calibration ? (['calibration'] as const) : [])];
  await run.writeAll(files, { from, settings: partOf('predict', settings) }, async (tmp) => {
    if (calibration) await writeFile(tmp('calibration'), calibrationText(calibration));
    const lines = await LineNames.open(run, sessions);
    const scores = scored.map((sequence) => sequence.scores);
    await writeScores(tmp('scores'), sessions, distinct, scores, chosen, lines);
    writeEventScores(tmp('eventScores'), distinct, scored);
  });
  if (!calibration && run.has('calibration')) await run.remove('calibration');
  const count = distinct.counts.reduce((sum, n) => sum + n, 0);
  return {
    model: scorer.model,
    engine: scorer.engine,
    sessions: count,
    distinct: distinct.sequences.length,
    score: chosen,
    seconds,
    sessionsPerSecond: Math.round(count / seconds),
  };
}

/** What was trained last, with a mix of its scores where one is asked for. */
async function openCalibrated(
  settings: Settings,
  run: RunFolder,
  sessions: Sessions,
  progress: Progress,
): Promise<{ scorer: SessionScorer; details?: Details; calibration?: Calibration }> {
  const scorer = await openTrainedScorer(settings, run, progress);
  const { mix } = settings.predict;
  try {
    const details = await detailsFor(scorer, sessions, numbersOf(run));
    if (mix.length === 0) return { scorer, details };
    const calibration = await calibrate(scorer, sessions, mix, settings.seed, details);
    return { scorer: await withMix(scorer, calibration), details, calibration };
  } catch (error) {
    await scorer.dispose();
    throw error;
  }
}

/** The score that decides: the model's first, unless another one is asked for. */
export function chosenScore({ scores }: SessionScorer, asked: string | undefined): string {
  if (asked === undefined || scores.includes(asked)) return asked ?? scores[0];
  throw new UsageError(`Unknown score ${asked}: expected ${scores.join(', ')}.`, {
    next: `logbert predict --score ${scores[0]}`,
  });
}

/** One row a session: id, label, split, length, sequence, score, the model's single scores, and the raw lines behind it. */
async function writeScores(
  path: string,
  { ids, labels, splits, offsets }: Sessions,
  { of }: Distinct,
  scores: readonly Record<string, number>[],
  chosen: string,
  lines: LineNames | undefined,
): Promise<void> {
  const columns = Object.keys(scores[0] ?? {});
  const tails = scores.map((score) => [score[chosen], ...columns.map((column) => score[column])].join());
  function* rows() {
    const head = ['id', 'label', 'split', 'length', 'sequence', 'score', ...columns, ...(lines ? ['lines'] : [])];
    yield `${head.join()}\n`;
    for (let i = 0; i < ids.length; i++) {
      if (of[i] === NOT_INCLUDED) continue;
      const label = labels[i] === UNKNOWN ? '' : labels[i];
      const id = Papa.unparse([[ids[i]]]);
      const place = lines ? `,${Papa.unparse([[lines.of(i)]])}` : '';
      yield `${id},${label},${SPLITS[splits[i]]},${offsets[i + 1] - offsets[i]},${of[i]},${tails[of[i]]}${place}\n`;
    }
  }
  await pipeline(Readable.from(chunked(rows(), 4096)), createWriteStream(path));
}

function* chunked(lines: Iterable<string>, size: number): Generator<string> {
  let chunk: string[] = [];
  for (const line of lines) {
    if (chunk.push(line) < size) continue;
    yield chunk.join('');
    chunk = [];
  }
  if (chunk.length > 0) yield chunk.join('');
}

/** One row an event of each distinct sequence, and one for its end where the model scores that. */
function writeEventScores(path: string, { sequences }: Distinct, found: readonly Scored[]): void {
  const scored = (sequence: number) => {
    const { length, masked } = found[sequence].tally;
    return masked[length] > 0 ? length + 1 : length;
  };
  const rows = sequences.reduce((sum, _, sequence) => sum + scored(sequence), 0);
  const ints = () => new Int32Array(rows);
  const table = {
    sequence: ints(),
    position: ints(),
    template: ints(),
    masked: ints(),
    misses: ints(),
    expected: ints(),
  };
  const [nll, entropy, rank] = [new Float32Array(rows), new Float32Array(rows), new Float32Array(rows)];
  const value = found[0]?.values && new Float32Array(rows).fill(Number.NaN);
  let row = 0;
  sequences.forEach((events, sequence) => {
    const { masked, misses, surprise, entropy: uncertain, rank: likelier, expected } = found[sequence].tally;
    value?.set(found[sequence].values!.deviations, row);
    for (let position = 0; position < scored(sequence); position++, row++) {
      table.sequence[row] = sequence;
      table.position[row] = position;
      table.template[row] = position < events.length ? events[position] : END_OF_SESSION;
      table.masked[row] = masked[position];
      table.misses[row] = misses[position];
      table.expected[row] = expected[position];
      nll[row] = surprise[position] / Math.max(1, masked[position]);
      rank[row] = likelier[position] / Math.max(1, masked[position]);
      entropy[row] = uncertain[position] / Math.max(1, masked[position]);
    }
  });
  writeTable(path, { format: 'logbert-event-scores', version: 1 }, [
    ...Object.entries(table).map(([name, data]) => ({ name, type: 'int32' as const, data })),
    { name: 'nll', type: 'float', data: nll },
    { name: 'entropy', type: 'float', data: entropy },
    { name: 'rank', type: 'float', data: rank },
    ...(value ? [{ name: 'value', type: 'float' as const, data: value }] : []),
  ]);
}
