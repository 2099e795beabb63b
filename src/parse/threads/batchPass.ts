import { BatchBuilder, type BatchPlace, type SpentLines } from '../input/lineBatch.js';
import { type LogFile, type ReadOptions, readLines } from '../input/logFiles.js';
import type { TaskSettings } from './lineTask.js';
import { type Done, OrderedPool } from './orderedPool.js';

/** Arrays that are done with. */
export interface Spent<Records> {
  lines: Omit<SpentLines, 'offsets'>;
  result?: Records;
}

/** Reads logs in batches of lines, does a task with each, and hands what comes of it to `use`, in order. */
export class BatchPass<Result, Records> {
  private readonly pool: OrderedPool<Result, Records, BatchPlace>;
  private builder: BatchBuilder | undefined;
  private readonly spentLines: SpentLines[] = [];
  private readonly spentRecords: Records[] = [];

  /**
   * @param workers threads beside this one
   * @param use gives back what may be used again
   */
  constructor(
    task: TaskSettings,
    workers: number,
    private readonly use: (done: Done<Result, BatchPlace>) => Spent<Records>,
  ) {
    this.pool = new OrderedPool(task, workers);
  }

  /**
   * @param onChunk as for `readLines`
   * @returns the number of lines
   */
  async read(
    logs: readonly LogFile[],
    options: ReadOptions,
    onChunk: (chunk: Buffer, file: number) => Promise<void> | void = () => {},
  ): Promise<number> {
    try {
      const sinkFor = (file: number) => this.nextFile(file);
      const lines = await readLines(logs, options, sinkFor, async (chunk, file) => {
        await onChunk(chunk, file);
        this.addBatch();
        await this.useDone(false);
      });
      this.addBatch();
      while (this.pool.waiting > 0) await this.useDone(true);
      return lines;
    } finally {
      await this.pool.close();
    }
  }

  private nextFile(file: number): BatchBuilder {
    this.addBatch();
    this.builder = new BatchBuilder(file, () => this.spentLines.pop());
    return this.builder;
  }

  private addBatch(): void {
    const taken = this.builder?.take();
    if (taken) this.pool.add(taken.batch, taken.place, this.spentRecords.pop());
  }

  private async useDone(all: boolean): Promise<void> {
    await this.pool.settled(all);
    for (let done = this.pool.take(); done; done = !all && this.pool.hungry ? undefined : this.pool.take()) {
      const { lines, result } = this.use(done);
      const { bytes, starts, ends } = lines;
      this.spentLines.push({ bytes, starts, ends, offsets: done.place.offsets });
      if (result) this.spentRecords.push(result);
    }
  }
}
