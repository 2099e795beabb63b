import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { partOf } from '../config/parts.js';
import type { Settings } from '../config/schema.js';
import { usableCores } from '../cores.js';
import { UsageError, UserError } from '../error.js';
import type { Progress } from '../progress.js';
import type { ArtefactName, RunFolder } from '../run/folder.js';
import { type Border, findBorder } from './border.js';
import { loadParser, newParser, type ParserState, parserJson } from './drain/parserState.js';
import { TemplateFinder } from './drain/templateFinder.js';
import { TemplateTable } from './drain/templateTable.js';
import { EventWriter } from './events/eventWriter.js';
import { type InputFormat, inputFormat, needsLines } from './formats/inputFormat.js';
import { JoinRule } from './formats/joinRule.js';
import type { BatchPlace, OverlongLine } from './input/lineBatch.js';
import { count, findLogs, type LogFile, spooled, totalBytes } from './input/logFiles.js';
import { named } from './input/source.js';
import { type Ledger, ledgerJson } from './ledger.js';
import { Messages } from './messages.js';
import { PiiMasker } from './pii/piiMasker.js';
import { LineStoreWriter } from './rawLines/lineStoreWriter.js';
import { RejectedLog } from './rawLines/rejectedLog.js';
import { BLANK, CONTINUED, OVERLONG, type ScannedBatch, ScannedEvents, type SpentFound } from './scannedBatch.js';
import { BatchPass, type Spent } from './threads/batchPass.js';
import type { Done } from './threads/orderedPool.js';

const ARTEFACTS: ArtefactName[] = ['parser', 'templates', 'events', 'lines', 'rejected', 'ledger'];

export interface ParseSummary extends Ledger {
  templates: number;
  seconds: number;
}

export interface ParseOptions {
  /** Stands in for standard input. */
  stdin?: AsyncIterable<Uint8Array>;
  /** Bytes read at once. */
  chunkBytes?: number;
}

/**
 * Parses logs into the run: events, templates, the parser's state, raw lines, rejected lines and the ledger.
 *
 * @throws UsageError when a setting is wrong; UserError when a log can't be read, has no line of the format, or when
 *   there is no parser to match with
 */
export async function parseLogs(
  settings: Settings,
  run: RunFolder,
  progress: Progress,
  options: ParseOptions = {},
): Promise<ParseSummary> {
  const started = performance.now();
  // Told before anything is read.
  new JoinRule(settings.parse.join);
  const pii = piiMaskerOf(settings.parse);
  const state = await startingParser(settings, run);
  const strict = settings.split.protocol === 'strict';
  const found = await findLogs(settings.input);
  // What is read more than once can't stay a pipe.
  const logs = strict || needsLines(settings.input.format) ? await spooled(found, run, { ...options, pii }) : found;
  const input = await inputFormat(settings, logs);
  const { workers = usableCores() - 1 } = settings.parse;
  const reading = { maxLineBytes: settings.parse.maxLineBytes, pii, ...options };
  const border = strict
    ? await findBorder(logs, input.format, settings.split.trainFraction, { ...reading, workers }, progress)
    : undefined;
  let ledger: Ledger | undefined;
  await run.writeAll(ARTEFACTS, { from: [], settings: partOf('parse', settings) }, async (tmp) => {
    const pass = await ParsePass.create({ settings, logs, input, state, border, workers, tmp });
    ledger = await pass.run(progress, reading);
  });
  const seconds = (performance.now() - started) / 1000;
  return { ...(ledger as Ledger), templates: state.drain.clusters.length, seconds };
}

function piiMaskerOf({ pii, keepLines }: Settings['parse']): PiiMasker | undefined {
  if (!pii) return undefined;
  if (keepLines) return new PiiMasker();
  throw new UsageError('Personal data can be masked only in a copy of the lines: --mask-pii needs --keep-lines.');
}

async function startingParser({ drain, parse }: Settings, run: RunFolder): Promise<ParserState> {
  const next = `logbert parse FILE --run ${run.dir}`;
  if (parse.parser !== undefined) return loadParser(parse.parser, drain, next);
  if (!parse.matchOnly) return newParser(drain);
  if (!run.has('parser')) {
    throw new UserError(`There is no parser to match with in ${run.dir}; give one with --parser, or learn one first.`, {
      next,
    });
  }
  return loadParser(await run.require('parser'), drain, next);
}

/** What a pass works on. */
interface ParseJob {
  settings: Settings;
  logs: readonly LogFile[];
  input: InputFormat;
  state: ParserState;
  border: Border | undefined;
  /** Threads beside this one. */
  workers: number;
  /** Path to write an artefact to. */
  tmp: (name: ArtefactName) => string;
}

/** One pass over the logs with its open files. */
class ParsePass {
  private blank = 0;
  private joined = 0;
  /** First line of the record that lines can be joined to; 0: there is none. */
  private recordLine = 0;
  private unmatched = 0;
  private borderAt: { file: string; line: number } | undefined;
  private file = -1;
  private readonly scans: BatchPass<ScannedBatch, SpentFound>;
  /** Of each thread. */
  private readonly messages: Messages[] = [];
  private readonly finder: TemplateFinder;
  private readonly names: Buffer[];
  private readonly templates = new TemplateTable();

  private constructor(
    private readonly job: ParseJob,
    private readonly events: EventWriter,
    private readonly lines: LineStoreWriter,
    private readonly rejected: RejectedLog,
  ) {
    const { settings, state, input, logs } = job;
    const { masks, delimiters, drain } = state;
    const { join, matchOnly, keepLines: pack } = settings.parse;
    const scanning = { format: input.format, masks, delimiters, join, pack };
    this.scans = new BatchPass({ task: 'scan', settings: scanning }, job.workers, (done) => this.parse(done));
    this.finder = new TemplateFinder(drain);
    this.finder.learning = !matchOnly;
    this.names = logs.map(({ name }) => Buffer.from(name));
  }

  static async create(job: ParseJob): Promise<ParsePass> {
    const { settings, logs, tmp } = job;
    const kept = settings.parse.keepLines;
    const files = logs.map(({ name }) => (kept ? { name } : { name, path: resolve(name) }));
    const events = await EventWriter.create(tmp('events'));
    const lines = await LineStoreWriter.create(tmp('lines'), kept, files);
    const rejected = await RejectedLog.create(tmp('rejected'));
    return new ParsePass(job, events, lines, rejected);
  }

  async run(progress: Progress, reading: ParseOptions & { maxLineBytes: number }): Promise<Ledger> {
    try {
      const task = progress.task('Parse', totalBytes(this.job.logs), { unit: 'bytes' });
      const linesIn = await this.scans.read(this.job.logs, { ...reading, task }, () => this.rejected.flush());
      const ledger = this.ledger(linesIn);
      this.requireEvents(ledger);
      await this.finish(ledger);
      task.finish(`${count(ledger.parsed)} events, ${count(this.job.state.drain.clusters.length)} templates`);
      return ledger;
    } finally {
      await Promise.all([this.events.close(), this.lines.close(), this.rejected.close()]);
    }
  }

  /** Goes through the lines of a batch in their order. */
  private parse({ place, result: scanned, lane }: Done<ScannedBatch, BatchPlace>): Spent<SpentFound> {
    const { file, firstNumber, offsets } = place;
    const { found, bytes, chunk, others } = scanned;
    if (file !== this.file) this.recordLine = 0;
    this.file = file;
    this.messages[lane] ??= new Messages();
    this.messages[lane].add(scanned);
    const events = new ScannedEvents(scanned);
    if (chunk > 0) this.lines.add(file, bytes.subarray(0, chunk), events.packedChunk);
    this.events.begin(scanned, this.names[file], firstNumber, offsets);
    let event = 0;
    for (let i = 0; i < others.length; i += 2) {
      const line = others[i];
      while (event < scanned.events && events.line(event) < line) this.addEvent(events, event++, lane, place);
      this.addOther(scanned, event - 1, line, others[i + 1], place);
    }
    while (event < scanned.events) this.addEvent(events, event++, lane, place);
    this.events.end();
    return { lines: scanned, result: { found } };
  }

  /** Counts a line that is no event; `event` is the last one before it in the batch, or -1. */
  private addOther(scanned: ScannedBatch, event: number, line: number, kind: number, place: BatchPlace): void {
    const number = place.firstNumber + line;
    const { name } = this.job.logs[this.file];
    if (kind === BLANK) this.blank++;
    else if (kind === CONTINUED && this.recordLine > 0) {
      this.joined++;
      this.events.setLines(event, number - this.recordLine + 1);
    } else if (kind === OVERLONG) this.reject(name, number, cutText(place.overlong.get(line)));
    else this.reject(name, number, textOf(scanned.bytes, scanned.starts[line], scanned.ends[line]));
  }

  private reject(name: string, number: number, text: string): void {
    this.recordLine = 0;
    this.rejected.add(name, number, text);
  }

  private addEvent(events: ScannedEvents, event: number, lane: number, place: BatchPlace): void {
    const number = place.firstNumber + events.line(event);
    if (this.events.rows === this.job.border?.row) {
      this.finder.learning = false;
      this.borderAt = { file: this.job.logs[this.file].name, line: number };
    }
    const cluster = this.finder.find(this.messages[lane].get(events.message(event), events.batch));
    this.recordLine = number;
    this.events.add(event, cluster);
    if (cluster) {
      cluster.size++;
      this.templates.add(cluster.mergedInto ?? cluster, events, event);
    } else this.unmatched++;
  }

  private ledger(linesIn: number): Ledger {
    const { protocol, trainFraction } = this.job.settings.split;
    return {
      linesIn,
      parsed: this.events.rows,
      rejected: this.rejected.lines,
      joined: this.joined,
      blank: this.blank,
      withoutId: this.events.withoutId,
      unmatched: this.unmatched,
      lineFormat: this.job.input.name,
      lineLayout: this.job.input.format,
      formatConfidence: this.job.input.detection?.confidence ?? null,
      protocol,
      border:
        this.job.border && this.borderAt
          ? { row: this.job.border.row, ...this.borderAt, sessionsBefore: this.job.border.sessionsBefore ?? null }
          : null,
      trainFraction,
      matchOnly: this.job.settings.parse.matchOnly,
      files: this.job.logs.map(({ name }) => name),
    };
  }

  private requireEvents({ linesIn, parsed, rejected }: Ledger): void {
    if (this.job.border && !this.borderAt)
      throw new UserError('A log has changed while it was parsed. Parse it again.');
    if (parsed > 0) return;
    const files = this.job.logs.map(({ name }) => named(name)).join(', ');
    if (linesIn === 0) throw new UserError(`${files} is empty.`);
    if (rejected === 0) throw new UserError(`${files} has only blank lines.`);
    const { layouts, title, example } = this.job.input.format;
    const { file, line, text } = this.rejected.first ?? { file: files, line: 1, text: '' };
    throw new UserError(
      `None of the ${count(rejected)} lines has the layout of the format ${this.job.input.name}, '${layouts[0]?.layout ?? title}'. ` +
        `Expected a line like '${example}'; found, in ${named(file)} line ${line}: '${printable(text)}'.`,
    );
  }

  private async finish(ledger: Ledger): Promise<void> {
    this.events.finish();
    await Promise.all([this.lines.finish(), this.rejected.flush(true)]);
    await writeFile(this.job.tmp('parser'), parserJson(this.job.state));
    await writeFile(this.job.tmp('templates'), this.templates.csv(this.job.state.drain.clusters));
    await writeFile(this.job.tmp('ledger'), ledgerJson(ledger));
  }
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString();
}

function cutText(line: OverlongLine | undefined): string {
  return line ? `${line.head}... (cut: ${line.length} bytes)` : '';
}

/** A line for a message: cut, and without control characters, which could change what a terminal shows. */
function printable(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}');
  return clean.length > 120 ? `${clean.slice(0, 120)}...` : clean;
}
