import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { UserError } from '../error.js';
import { BatchScanner, type ScanSettings } from './batchScanner.js';
import type { BatchPlace, LineBatch, SpentLines } from './lineBatch.js';
import { Messages } from './parsedEvent.js';
import type { ScannedBatch, SpentRecords } from './scannedBatch.js';

const ENTRY = new URL('./scanWorker.js', import.meta.url);
/** Batches scanned before threads are started: a small log is done sooner without. */
const BEFORE_THREADS = 8;
/** Batches that a thread has before it, so that it needn't wait. */
const LOAD = 2;
/** Scanned batches that may wait for one before them. */
const MOST_WAITING = 4;

/** What a thread is sent. */
export interface ScanJob extends LineBatch {
  spent: SpentRecords | undefined;
}

/** A scanned batch, with what its messages' numbers mean. */
export interface PoolResult {
  place: BatchPlace;
  scanned: ScannedBatch;
  messages: Messages;
}

interface Waiting {
  place: BatchPlace;
  messages: Messages;
  scanned: ScannedBatch | undefined;
}

/**
 * Scans batches on threads and, while those have enough to do, on this one. They come out in the order in which they went
 * in, and what is in them doesn't depend on where they were scanned.
 */
export class ScanPool {
  private readonly own: BatchScanner;
  private readonly ownMessages = new Messages();
  private threads: ScanThread[] = [];
  private readonly queue: Waiting[] = [];
  private batches = 0;
  private readonly spentLines: SpentLines[] = [];
  private readonly spentRecords: SpentRecords[] = [];
  private failure: Error | undefined;
  private wake: () => void = () => {};

  /** @param workers threads beside this one */
  constructor(
    private readonly settings: ScanSettings,
    private workers: number,
  ) {
    this.own = new BatchScanner(settings);
    // A program that was put into one file has no entry for threads.
    if (this.own.ordered || !existsSync(fileURLToPath(ENTRY))) this.workers = 0;
  }

  add(batch: LineBatch & BatchPlace): void {
    if (++this.batches > BEFORE_THREADS) this.startThreads();
    const { file, firstNumber, offsets, overlong, ...lines } = batch;
    const place = { file, firstNumber, offsets, overlong };
    const thread = this.threads.find(({ load }) => load < LOAD);
    if (thread) {
      const waiting: Waiting = { place, messages: thread.messages, scanned: undefined };
      this.queue.push(waiting);
      thread.scan({ ...lines, spent: this.spentRecords.pop() }, waiting);
    } else {
      this.queue.push({ place, messages: this.ownMessages, scanned: this.own.scan(lines, this.spentRecords.pop()) });
    }
  }

  /** Batches that haven't been taken. */
  get waiting(): number {
    return this.queue.length;
  }

  /** The next batch if it's ready. */
  take(): PoolResult | undefined {
    const [first] = this.queue;
    if (this.failure) throw this.failure;
    if (!first?.scanned) return undefined;
    this.queue.shift();
    return { ...first, scanned: first.scanned };
  }

  /** Takes the arrays of a batch back, for batches to come. */
  recycle({ bytes, starts, ends, records, times }: ScannedBatch): void {
    this.spentLines.push({ bytes, starts, ends });
    this.spentRecords.push({ records, times });
  }

  /** Arrays for lines that are to be scanned. */
  readonly spare = () => this.spentLines.pop();

  /** Resolves when the next batch is ready, or, unless `all` is set, no more wait than may. */
  async settled(all: boolean): Promise<void> {
    const enough = () => this.queue.length === 0 || this.queue[0].scanned !== undefined;
    const few = () => !all && this.queue.length <= this.threads.length * LOAD + MOST_WAITING;
    while (!this.failure && !enough() && !few()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.failure) throw this.failure;
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  private startThreads(): void {
    while (this.threads.length < this.workers) {
      this.threads.push(
        new ScanThread(
          this.settings,
          () => this.wake(),
          (error) => {
            this.failure ??= error;
            this.wake();
          },
        ),
      );
    }
  }
}

class ScanThread {
  readonly messages = new Messages();
  private readonly worker: Worker;
  private readonly jobs: Waiting[] = [];
  private closing = false;

  constructor(settings: ScanSettings, onScanned: () => void, onFailure: (error: Error) => void) {
    this.worker = new Worker(ENTRY, { workerData: settings });
    this.worker.on('message', (scanned: ScannedBatch) => {
      const job = this.jobs.shift();
      if (job) job.scanned = scanned;
      onScanned();
    });
    this.worker.on('error', (error) => onFailure(ended(error.message, error)));
    this.worker.on('exit', (code) => {
      if (!this.closing) onFailure(ended(`exit code ${code}`));
    });
  }

  get load(): number {
    return this.jobs.length;
  }

  scan(job: ScanJob, waiting: Waiting): void {
    this.jobs.push(waiting);
    const { bytes, starts, ends, spent } = job;
    const arrays = spent ? [bytes, starts, ends, spent.records, spent.times] : [bytes, starts, ends];
    this.worker.postMessage(
      job,
      arrays.map(({ buffer }) => buffer),
    );
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.worker.terminate();
  }
}

function ended(reason: string, cause?: Error): UserError {
  return new UserError(`A thread that scans lines has ended: ${reason}.`, {
    next: 'logbert parse FILE --workers 0',
    cause,
  });
}
