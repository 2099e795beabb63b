import type { Settings } from '../config/schema.js';
import { UserError } from '../error.js';
import { mergesOf } from '../parse/drain/templates.js';
import { type Ledger, loadLedger } from '../parse/ledger.js';
import type { Progress } from '../progress.js';
import { Random } from '../random.js';
import { commandFor } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import { cutSequences, type Sequences } from './cut.js';
import { type EventTable, type GroupedLog, groupLog } from './eventTable.js';
import { gapsOf } from './gaps.js';
import type { Grouped } from './grouping.js';
import { joinLabels, type Labels, readLabels } from './labels.js';
import { type Sessions, UNKNOWN } from './sessions.js';
import { countStraddlers, splitPaper, splitStrict } from './split.js';
import { type Windowing, windowingOf } from './windowing.js';

/** The second half of the ledger: parsed = inSessions + withoutId. */
export interface LineCounts {
  parsed: number;
  inSessions: number;
  withoutId: number;
  /** Of those in sessions, lines that belong to more than one. */
  inSeveral: number;
  /** Lines without a time, which were given that of the line before them. */
  withoutTime: number;
}

export interface LogSessions {
  sessions: Sessions;
  lines: LineCounts;
  /** Labels that name no session. */
  unusedLabels: number;
  /** Sessions with events on both sides of the border; undefined where there is no border. */
  straddlers: number | undefined;
}

/** Sequences before the split. */
type Labelled = Sequences & Pick<Sessions, 'labels'>;

/**
 * Groups the events of a parsed log, by what their lines share and in windows, joins labels and splits.
 * @throws UserError when no line belongs to a session, no line of a log has the time that windows need, or the log was
 *   parsed for another split; UsageError when the settings of the windows contradict each other
 */
export async function readLogSessions(settings: Settings, run: RunFolder, progress: Progress): Promise<LogSessions> {
  const windowing = windowingOf(settings.sequences);
  const path = await run.require('events');
  const ledger = await loadLedger(await run.require('ledger'));
  checkSplit(settings, ledger, run);
  const labels = new LineLabels(
    settings.input.labels === undefined ? new Map() : await readLabels(settings.input.labels),
    windowing,
  );
  const merges = await mergesOf(run);
  const options = { by: windowing.by, places: windowing.window !== 'session', onIds: labels.onIds, merges };
  const log = await groupLog(path, ledger.parsed, options, progress);
  if (log.groups.ids.length === 0) throw nothingFound(ledger, windowing, run);
  const next = `${commandFor('sessions', run.dir)} --window count`;
  const sequences = cutSequences(log, windowing, { border: borderOf(ledger), next });
  const found = labelled(sequences, log.table, labels.ofGroups(log));
  const { splits, straddlers } = splitOf(found, settings, borderOf(ledger));
  const { withoutId, table } = log;
  const inSeveral = windowing.window === 'session' ? log.inSeveral : countRepeated(found.rows, ledger.parsed);
  return {
    sessions: { ...found, splits, gaps: gapsOf(found, table) },
    lines: {
      parsed: ledger.parsed,
      inSessions: ledger.parsed - withoutId,
      withoutId,
      inSeveral,
      withoutTime: table.withoutTime,
    },
    unusedLabels: labels.unused,
    straddlers,
  };
}

/** Labels from two sources: of lines, by their alert tags, and of sessions, by a labels file. */
class LineLabels {
  /** Labels that no line or session has taken. */
  unused = 0;
  private readonly used = new Set<string>();
  private readonly named = new Map<number, number>();
  private readonly perSession: boolean;

  constructor(
    private readonly labels: Labels,
    { by }: Windowing,
  ) {
    this.perSession = by.length === 1 && by[0] === 'session';
  }

  /** Where groups aren't sessions, a line has the worst label of the sessions that it names. */
  private readonly addIds = (row: number, ids: readonly string[]) => {
    for (const id of ids) {
      const label = this.labels.get(id);
      if (label === undefined) continue;
      this.used.add(id);
      this.named.set(row, Math.max(this.named.get(row) ?? UNKNOWN, label));
    }
  };

  /** To be called with the ids of each line; undefined where they have no labels of their own. */
  get onIds(): ((row: number, ids: readonly string[]) => void) | undefined {
    return this.perSession || this.labels.size === 0 ? undefined : this.addIds;
  }

  /** The label of each group by its id; completes the labels of the lines. */
  ofGroups({ groups, table }: GroupedLog): Int8Array {
    for (const [row, label] of this.named) table.labels[row] = Math.max(table.labels[row], label);
    const { joined, unused } = joinLabels(groups.ids, this.perSession ? this.labels : new Map());
    this.unused = this.perSession ? unused : this.labels.size - this.used.size;
    return joined;
  }
}

/** A sequence has the label of its session, or the worst one of its lines where that is worse. */
function labelled(sequences: Sequences, table: EventTable, groupLabels: Int8Array): Labelled {
  const labels = Int8Array.from(sequences.groups, (group, i) =>
    Math.max(groupLabels[group], worst(table, sequences, i)),
  );
  return { ...sequences, labels };
}

function worst({ labels }: EventTable, { offsets, rows }: Pick<Grouped, 'offsets' | 'rows'>, i: number): number {
  let label = UNKNOWN;
  for (let at = offsets[i]; at < offsets[i + 1]; at++) label = Math.max(label, labels[rows[at]]);
  return label;
}

function countRepeated(rows: Uint32Array, lines: number): number {
  const uses = new Uint32Array(lines);
  for (const row of rows) uses[row]++;
  return uses.reduce((sum, count) => sum + (count > 1 ? 1 : 0), 0);
}

function splitOf({ ids, labels, offsets, rows }: Labelled, { split, seed }: Settings, border: number) {
  const { protocol, trainFraction, validationFraction } = split;
  if (protocol === 'paper') {
    const splits = splitPaper(labels, trainFraction, validationFraction, new Random(seed, 'split'));
    return { splits, straddlers: undefined };
  }
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

function checkSplit({ split }: Settings, ledger: Ledger, { dir }: RunFolder): void {
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

function nothingFound({ parsed }: Ledger, { by }: Windowing, { dir }: RunFolder): UserError {
  if (parsed === 0) return new UserError(`${dir} holds no parsed line.`, { next: commandFor('events', dir) });
  return new UserError(`None of the ${parsed} parsed lines names a ${by.join(' and a ')}.`, {
    next: `${commandFor('sessions', dir)} --window count${by[0] === 'session' && by.length === 1 ? '' : ' --by ""'}`,
  });
}
