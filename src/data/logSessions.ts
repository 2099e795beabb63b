import type { Settings } from '../config/schema.js';
import { UsageError, UserError } from '../error.js';
import { type EventBatch, readEvents } from '../parse/eventReader.js';
import { type Ledger, loadLedger } from '../parse/ledger.js';
import { withMerges } from '../parse/templates.js';
import type { Progress } from '../progress.js';
import { Random } from '../random.js';
import { commandFor } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import { type Grouped, Grouping } from './grouping.js';
import { IntList } from './intList.js';
import { joinLabels, type Labels, readLabels } from './labels.js';
import { type Sessions, UNKNOWN } from './sessions.js';
import { countStraddlers, splitPaper, splitStrict } from './split.js';
import { countWindows } from './windows.js';

/** The second half of the ledger: parsed = inSessions + withoutId. */
export interface LineCounts {
  parsed: number;
  inSessions: number;
  withoutId: number;
  /** Of those in sessions, lines that belong to more than one. */
  inSeveral: number;
}

export interface LogSessions {
  sessions: Sessions;
  lines: LineCounts;
  /** Labels that name no session. */
  unusedLabels: number;
  /** Sessions with events on both sides of the border; undefined where there is no border. */
  straddlers: number | undefined;
}

interface Labelled {
  grouped: Grouped;
  labels: Int8Array;
  unusedLabels: number;
  withoutId: number;
  inSeveral: number;
}

/**
 * Groups the events of a parsed log, by session id or in windows of lines, joins labels and splits.
 * @throws UserError when no line belongs to a session, or the log was parsed for another split
 */
export async function readLogSessions(settings: Settings, run: RunFolder, progress: Progress): Promise<LogSessions> {
  const path = await run.require('events');
  const ledger = await loadLedger(await run.require('ledger'));
  checkSplit(settings, ledger, run);
  const labels: Labels = settings.input.labels === undefined ? new Map() : await readLabels(settings.input.labels);
  const watch = <T extends EventBatch<'template'>>(events: AsyncIterable<T>) =>
    watched(withMerges(events, run), ledger.parsed, progress);
  const found =
    settings.sequences.window === 'session'
      ? await groupById(watch(readEvents(path, ['template', 'sessions'])), labels)
      : await groupByCount(watch(readEvents(path, ['template', 'sessions', 'file', 'line'])), labels, {
          ...settings.sequences,
          border: borderOf(ledger),
        });
  if (found.grouped.ids.length === 0) throw nothingFound(ledger, run);
  const { withoutId, inSeveral, unusedLabels } = found;
  const { splits, straddlers } = splitOf(found, settings, borderOf(ledger));
  return {
    sessions: { ...found.grouped, labels: found.labels, splits },
    lines: { parsed: ledger.parsed, inSessions: ledger.parsed - withoutId, withoutId, inSeveral },
    unusedLabels,
    straddlers,
  };
}

/** Groups events by the session ids that their lines name. */
async function groupById(
  events: AsyncIterable<EventBatch<'template' | 'sessions'>>,
  labels: Labels,
): Promise<Labelled> {
  const grouping = new Grouping();
  for await (const { start, length, template, sessions } of events) {
    for (let i = 0; i < length; i++) grouping.add(start + i, template[i], sessions[i]);
  }
  const grouped = grouping.finish();
  const { joined, unused } = joinLabels(grouped.ids, labels);
  const { withoutId, inSeveral } = grouping;
  return { grouped, labels: joined, unusedLabels: unused, withoutId, inSeveral };
}

/** Cuts events into windows of lines; the label of a line is the worst one of the sessions that it names. */
async function groupByCount(
  events: AsyncIterable<EventBatch<'template' | 'sessions' | 'file' | 'line'>>,
  labels: Labels,
  windows: { length: number; step: number; border: number },
): Promise<Labelled> {
  const [templates, numbers, lineLabels] = [new IntList(), new IntList(), new IntList()];
  const files: string[] = [];
  const used = new Set<string>();
  for await (const { length, template, sessions, file, line } of events) {
    for (let i = 0; i < length; i++) {
      templates.push(template[i]);
      numbers.push(line[i]);
      lineLabels.push(labelOfLine(sessions[i], labels, used));
      files.push(file[i]);
    }
  }
  const place =
    new Set(files).size > 1
      ? (row: number) => `${files[row]}:${numbers.get(row)}`
      : (row: number) => `${numbers.get(row)}`;
  const lines = {
    templates: templates.toArray(),
    labels: Int8Array.from(lineLabels.toArray()),
    name: (first: number, last: number) => `lines ${place(first)}-${place(last)}`,
  };
  const { labels: joined, ...grouped } = countWindows(lines, windows);
  const inSeveral = countRepeated(grouped.rows, templates.length);
  return { grouped, labels: joined, unusedLabels: labels.size - used.size, withoutId: 0, inSeveral };
}

function labelOfLine(ids: readonly string[], labels: Labels, used: Set<string>): number {
  let worst = UNKNOWN;
  for (const id of ids) {
    const label = labels.get(id);
    if (label === undefined) continue;
    used.add(id);
    worst = Math.max(worst, label);
  }
  return worst;
}

function countRepeated(rows: Uint32Array, lines: number): number {
  const uses = new Uint32Array(lines);
  for (const row of rows) uses[row]++;
  return uses.reduce((sum, count) => sum + (count > 1 ? 1 : 0), 0);
}

function splitOf({ grouped, labels }: Labelled, { split, seed }: Settings, border: number) {
  const { protocol, trainFraction, validationFraction } = split;
  if (protocol === 'paper') {
    const splits = splitPaper(labels, trainFraction, validationFraction, new Random(seed, 'split'));
    return { splits, straddlers: undefined };
  }
  const { ids, offsets, rows } = grouped;
  const firstRows = ids.map((_, i) => rows[offsets[i]]);
  const lastRows = ids.map((_, i) => rows[offsets[i + 1] - 1]);
  return {
    splits: splitStrict(labels, firstRows, border, validationFraction),
    straddlers: countStraddlers(firstRows, lastRows, border),
  };
}

function borderOf({ border }: Ledger): number {
  return border?.row ?? Number.POSITIVE_INFINITY;
}

function checkSplit({ split, sequences }: Settings, ledger: Ledger, { dir }: RunFolder): void {
  const { length, step, window } = sequences;
  if (window === 'count' && step > length) {
    const message = `sequences.step (${step}) is beyond sequences.length (${length}): lines between windows would be lost.`;
    throw new UsageError(message);
  }
  if (split.protocol === 'paper') return;
  const again = { next: `${commandFor('events', dir)} --protocol strict --train-fraction ${split.trainFraction}` };
  if (ledger.protocol === 'paper') {
    throw new UserError(
      `The log in ${dir} was parsed with protocol paper, so its parser has seen the test lines.`,
      again,
    );
  }
  if (ledger.trainFraction !== split.trainFraction) {
    const found = `The log in ${dir} was parsed with train fraction ${ledger.trainFraction}`;
    throw new UserError(`${found}, but ${split.trainFraction} is asked for now.`, again);
  }
}

function nothingFound({ parsed }: Ledger, { dir }: RunFolder): UserError {
  if (parsed === 0) return new UserError(`${dir} holds no parsed line.`, { next: commandFor('events', dir) });
  return new UserError(`None of the ${parsed} parsed lines names a session.`, {
    next: `${commandFor('sessions', dir)} --window count`,
  });
}

/** Shows progress while events are read, and makes sure that none are lost on the way. */
async function* watched<T extends { length: number }>(
  events: AsyncIterable<T>,
  expected: number,
  progress: Progress,
): AsyncGenerator<T> {
  const task = progress.task('Grouping events', expected);
  let read = 0;
  for await (const batch of events) {
    yield batch;
    read += batch.length;
    task.update(read);
  }
  if (read !== expected) throw new Error(`${read} events were read, but the ledger counts ${expected} parsed lines`);
  task.finish();
}
