import { createWriteStream, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { UsageError } from '../error.js';
import { type Progress, silent } from '../progress.js';
import { Random } from '../random.js';
import { explainWrite, flush, replace, temporaryFor } from '../run/atomic.js';
import { makeFolders } from '../run/makeFolders.js';
import { ANOMALY_KINDS, type AnomalyKind, injectAnomaly } from './generator/anomalies.js';
import { Cluster } from './generator/cluster.js';
import { type Block, LifeTeller, type TimedEvent } from './generator/life.js';
import { Schedule } from './generator/schedule.js';

/** 2008-11-09 20:35:30, when the public HDFS log begins. */
const START = Date.UTC(2008, 10, 9, 20, 35, 30);
const MEAN_GAP = 700;
const FILES_A_JOB = 400;
const CHUNK_CHARACTERS = 1 << 16;

export interface GenerateOptions {
  /** Blocks, each of which is one session. */
  sessions: number;
  /** Share of abnormal sessions, from 0 to below 1; rounded to whole sessions. */
  anomalyRate: number;
  seed: number;
  /** The log to write; gzipped when its name ends in `.gz`. */
  log: string;
  /** The CSV `BlockId,Label` to write. */
  labels: string;
  /** Kinds of anomalies, in equal shares; all by default. */
  kinds?: readonly AnomalyKind[];
}

export interface GenerateSummary {
  log: string;
  labels: string;
  lines: number;
  /** Lines that name two blocks. */
  linesOfTwo: number;
  sessions: number;
  normal: number;
  anomalies: number;
  kinds: Record<AnomalyKind, number>;
}

/**
 * Writes a labelled log in the layout of HDFS, made by a simulation of the lives of its blocks. Equal options, equal
 * bytes. Memory holds only the blocks that are alive.
 * @throws UsageError for options out of range; UserError when the files can't be written
 */
export async function generateLog(options: GenerateOptions, progress: Progress = silent): Promise<GenerateSummary> {
  checkOptions(options);
  const simulation = new Simulation(options);
  const task = progress.task('Generating', options.sessions, { unit: 'sessions' });
  const log = chunks(simulation.lines(), () => task.update(simulation.summary.sessions));
  await writeTogether([
    { path: options.log, content: log },
    { path: options.labels, content: chunks(simulation.labelLines()) },
  ]);
  task.finish(`${simulation.summary.lines} lines`);
  return simulation.summary;
}

/** Tells the lives of all blocks and sorts their lines by time. */
class Simulation {
  readonly summary: GenerateSummary;
  private readonly labels: string[] = [];
  private readonly cluster: Cluster;
  private readonly choice: Random;

  constructor(private readonly options: GenerateOptions) {
    const { log, labels, seed } = options;
    const kinds = { missing: 0, extra: 0, 'out-of-order': 0, unseen: 0 };
    this.summary = { log, labels, lines: 0, linesOfTwo: 0, sessions: 0, normal: 0, anomalies: 0, kinds };
    this.cluster = new Cluster(seed);
    this.choice = new Random(seed, 'anomalies');
  }

  *lines(): Generator<string> {
    const schedule = new Schedule<TimedEvent>();
    for (const { start, blocks } of this.files()) {
      yield* this.linesBefore(start, schedule);
      for (const block of blocks) {
        for (const event of block.events) schedule.push(event);
      }
    }
    yield* this.linesBefore(Number.POSITIVE_INFINITY, schedule);
  }

  /** Complete once `lines` has ended. */
  *labelLines(): Generator<string> {
    yield 'BlockId,Label\n';
    yield* this.labels;
  }

  private *files(): Generator<{ start: number; blocks: Block[] }> {
    const { sessions, seed } = this.options;
    const arrival = new Random(seed, 'arrival');
    let start = 0;
    for (let file = 0; this.summary.sessions < sessions; file++) {
      start += arrival.int(2 * MEAN_GAP);
      const random = new Random(seed, 'file', file);
      const teller = new LifeTeller(this.cluster, random);
      const blocks = teller.file(start, pathOf(file), sessions - this.summary.sessions);
      for (const block of blocks) this.judge(block, teller, random);
      yield { start, blocks };
    }
  }

  /** Chooses whether the next block is abnormal, so that the wanted number is met exactly (Knuth's algorithm S). */
  private judge(block: Block, teller: LifeTeller, random: Random): void {
    const { options, summary } = this;
    const { sessions, anomalyRate, kinds = ANOMALY_KINDS } = options;
    const wanted = Math.round(sessions * anomalyRate) - summary.anomalies;
    const abnormal = this.choice.int(sessions - summary.sessions) < wanted;
    summary.sessions++;
    this.labels.push(`${block.id},${abnormal ? 'Anomaly' : 'Normal'}\n`);
    if (!abnormal) {
      summary.normal++;
      return;
    }
    const kind = kinds[summary.anomalies % kinds.length];
    injectAnomaly(kind, block, teller, random);
    summary.anomalies++;
    summary.kinds[kind]++;
  }

  private *linesBefore(end: number, schedule: Schedule<TimedEvent>): Generator<string> {
    for (let event = schedule.popBefore(end); event; event = schedule.popBefore(end)) {
      this.summary.lines++;
      if (event.blocks.length > 1) this.summary.linesOfTwo++;
      yield `${stamp(event.time)} ${event.text}\n`;
    }
  }
}

function checkOptions({ sessions, anomalyRate, kinds, log, labels }: GenerateOptions): void {
  if (resolve(log) === resolve(labels))
    throw new UsageError(`Log and labels need different files, not ${log} for both.`);
  if (!Number.isInteger(sessions) || sessions < 1) {
    throw new UsageError(`The number of sessions must be a whole number from 1 on, not ${sessions}.`);
  }
  if (!(anomalyRate >= 0 && anomalyRate < 1)) {
    throw new UsageError(`The anomaly rate must be from 0 to below 1, not ${anomalyRate}.`);
  }
  const unknown = kinds?.find((kind) => !ANOMALY_KINDS.includes(kind));
  if (unknown !== undefined || kinds?.length === 0) {
    throw new UsageError(`Kinds of anomalies are ${ANOMALY_KINDS.join(', ')}; found ${unknown ?? 'none'}.`);
  }
}

/** Date and time as `081109 203530`. */
function stamp(time: number): string {
  const iso = new Date(START + time).toISOString();
  return `${iso.slice(2, 10).replaceAll('-', '')} ${iso.slice(11, 19).replaceAll(':', '')}`;
}

function pathOf(file: number): string {
  const job = String(1 + Math.floor(file / FILES_A_JOB)).padStart(4, '0');
  const task = String(file % FILES_A_JOB).padStart(6, '0');
  return `/user/root/rand/_temporary/_task_200811092030_${job}_m_${task}_0/part-${task.slice(1)}.`;
}

function* chunks(lines: Iterable<string>, onChunk: () => void = () => {}): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    onChunk();
    chunk = '';
  }
  yield chunk;
}

interface Output {
  path: string;
  content: Iterable<string>;
}

/** Writes the files one after the other and gives them their names only when all are whole. */
async function writeTogether(files: Output[]): Promise<void> {
  for (const { path } of files) {
    await makeFolders(dirname(path)).catch((error) => {
      throw explainWrite(error, path);
    });
  }
  const temporaries = files.map(({ path }) => temporaryFor(path));
  const discard = () => {
    for (const temporary of temporaries) rmSync(temporary, { force: true });
  };
  process.once('exit', discard);
  try {
    for (const [i, file] of files.entries()) await writeOne(file, temporaries[i]);
    for (const [i, { path }] of files.entries()) await replace(temporaries[i], path);
  } finally {
    process.off('exit', discard);
    discard();
  }
}

async function writeOne({ path, content }: Output, temporary: string): Promise<void> {
  try {
    await writeStream(temporary, content, path.endsWith('.gz'));
    await flush(temporary);
  } catch (error) {
    throw explainWrite(error, path);
  }
}

async function writeStream(path: string, content: Iterable<string>, gzip: boolean): Promise<void> {
  const source = Readable.from(content);
  if (gzip) await pipeline(source, createGzip(), createWriteStream(path));
  else await pipeline(source, createWriteStream(path));
}
