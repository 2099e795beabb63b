import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { UserError } from '../../error.js';
import type { LineBatch } from '../input/lineBatch.js';
import { type LineTask, lineTask, type TaskSettings } from './lineTask.js';

const ENTRY = new URL('./poolThread.js', import.meta.url);
/** Batches done before threads are started: a small log is done sooner without. */
const BEFORE_THREADS = 8;
/** Batches that a thread has before it, so that it needn't wait. */
const LOAD = 3;
/** Beside those, batches that may wait for the one before them. */
const MOST_WAITING = 4;
/** The lane of what was done on this thread. */
const OWN_LANE = 0;

/** What came of a batch. */
export interface Done<Result, Place> {
  result: Result;
  place: Place;
  /** Which thread did it; each goes through its batches in their order. */
  lane: number;
}

interface Waiting<Result, Place> {
  place: Place;
  lane: number;
  result: Result | undefined;
}

/**
 * Works on batches of lines on threads and, while those have enough to do, on this one. What comes of them comes out in
 * the order in which they went in, so that nothing depends on the number of threads.
 */
export class OrderedPool<Result, Spent, Place> {
  private readonly own: LineTask<Result, Spent>;
  private readonly threads: PoolThread<Result>[] = [];
  private readonly queue: Waiting<Result, Place>[] = [];
  private readonly workers: number;
  private batches = 0;
  private failure: Error | undefined;
  private wake: () => void = () => {};

  /** @param workers threads beside this one */
  constructor(
    private readonly settings: TaskSettings,
    workers: number,
  ) {
    this.own = lineTask(settings) as unknown as LineTask<Result, Spent>;
    // A program that was put into one file has no entry for threads.
    this.workers = this.own.ordered || !existsSync(fileURLToPath(ENTRY)) ? 0 : workers;
  }

  /** Batches that haven't been taken. */
  get waiting(): number {
    return this.queue.length;
  }

  /** @param spent what the task may use again */
  add(batch: LineBatch, place: Place, spent?: Spent): void {
    if (++this.batches > BEFORE_THREADS) this.startThreads();
    const thread = this.hungryThread();
    const waiting: Waiting<Result, Place> = { place, lane: thread?.lane ?? OWN_LANE, result: undefined };
    this.queue.push(waiting);
    if (thread) thread.run(batch, spent, (result) => this.finish(waiting, result));
    else waiting.result = this.own.run(batch, spent);
  }

  /** Whether a thread could do with another batch, which matters more than what is to be taken. */
  get hungry(): boolean {
    return this.hungryThread() !== undefined;
  }

  /** What came of the next batch, if it's done. */
  take(): Done<Result, Place> | undefined {
    if (this.failure) throw this.failure;
    const [next] = this.queue;
    if (next?.result === undefined) return undefined;
    this.queue.shift();
    return { result: next.result, place: next.place, lane: next.lane };
  }

  /** Resolves when the next batch is done or, unless `all` is set, few enough wait. */
  async settled(all: boolean): Promise<void> {
    const most = all ? 0 : this.threads.length * LOAD + MOST_WAITING;
    while (!this.failure && this.queue.length > most && this.queue[0].result === undefined) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  private hungryThread(): PoolThread<Result> | undefined {
    // What is done may not have been told: this thread seldom gets round to events.
    for (const thread of this.threads) thread.receive();
    return this.threads.find(({ load }) => load < LOAD);
  }

  private finish(waiting: Waiting<Result, Place>, result: Result): void {
    waiting.result = result;
    this.wake();
  }

  private startThreads(): void {
    while (this.threads.length < this.workers) {
      this.threads.push(new PoolThread(this.settings, this.threads.length + 1, this.fail));
    }
  }

  private readonly fail = (error: Error) => {
    this.failure ??= error;
    this.wake();
  };
}

class PoolThread<Result> {
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private readonly jobs: ((result: Result) => void)[] = [];
  private closing = false;

  constructor(
    settings: TaskSettings,
    readonly lane: number,
    onFailure: (error: Error) => void,
  ) {
    const { port1, port2: port } = new MessageChannel();
    this.port = port1;
    this.port.on('message', this.done);
    this.worker = new Worker(ENTRY, { workerData: { ...settings, port }, transferList: [port] });
    this.worker.on('error', (error) => onFailure(ended(error.message, error)));
    this.worker.on('exit', (code) => {
      if (!this.closing) onFailure(ended(`exit code ${code}`));
    });
  }

  get load(): number {
    return this.jobs.length;
  }

  run(batch: LineBatch, spent: unknown, done: (result: Result) => void): void {
    this.jobs.push(done);
    this.port.postMessage({ batch, spent });
  }

  /** Takes what is done without waiting for an event. */
  receive(): void {
    for (let told = receiveMessageOnPort(this.port); told; told = receiveMessageOnPort(this.port)) {
      this.done(told.message);
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    this.port.close();
    await this.worker.terminate();
  }

  private readonly done = (result: Result) => this.jobs.shift()?.(result);
}

function ended(reason: string, cause?: Error): UserError {
  return new UserError(`A thread that reads lines has ended: ${reason}.`, {
    next: 'logbert parse FILE --workers 0',
    cause,
  });
}
