import { MultiBar, type SingleBar } from 'cli-progress';
import { type Progress, silent, type Task, type TaskOptions } from '../progress.js';
import { amount, cut, duration, neutral, speed } from './text.js';

export interface ProgressOptions {
  stream?: NodeJS.WriteStream;
  /** Says nothing at all. */
  quiet?: boolean;
}

/** Progress that a command can end, whatever state its tasks are in. */
export interface TerminalProgress extends Progress {
  /** Takes the bars off the terminal and shows the cursor again. */
  stop(): void;
}

/** Bars with rate and remaining time on a terminal, plain lines elsewhere. */
export function terminalProgress({ stream = process.stderr, quiet = false }: ProgressOptions = {}): TerminalProgress {
  if (quiet) return { ...silent, stop: () => {} };
  return stream.isTTY ? new Bars(stream) : new Lines(stream);
}

/** One bar a task; all of them leave the screen together and a line a task stays. */
class Bars implements TerminalProgress {
  private bars: MultiBar | undefined;
  private readonly running = new Set<SingleBar>();

  constructor(private readonly stream: NodeJS.WriteStream) {}

  task(label: string, total?: number, { from = 0, unit }: TaskOptions = {}): Task {
    const started = performance.now();
    const bars = this.open();
    const bar = bars.create(total ?? 0, from, { label, detail: '', started, from, unit });
    this.running.add(bar);
    let done = 0;
    return {
      update: (units, detail) => {
        done = units;
        bar.update(units, detail === undefined ? {} : { detail });
      },
      finish: (detail) => {
        if (!this.running.delete(bar)) return;
        bars.remove(bar);
        bars.log(`${finished(label, amount(done, unit), started, detail)}\n`);
        // What is logged waits for the next redraw.
        bars.update();
        if (this.running.size === 0) this.stop();
      },
    };
  }

  note(line: string): void {
    if (this.bars) this.bars.log(`${neutral(line)}\n`);
    else this.stream.write(`${neutral(line)}\n`);
  }

  stop(): void {
    this.running.clear();
    this.bars?.stop();
    this.bars = undefined;
  }

  private open(): MultiBar {
    this.bars ??= new MultiBar({
      stream: this.stream,
      hideCursor: true,
      clearOnComplete: true,
      // Signals end the command through its own handler, which calls `stop`.
      gracefulExit: false,
      fps: 8,
      emptyOnZero: true,
      format: (_options, { progress, value, total }, payload) =>
        cut(barLine(payload as Payload, progress, value, total), (this.stream.columns || 80) - 1),
    });
    return this.bars;
  }
}

interface Payload {
  label: string;
  detail: string;
  started: number;
  from: number;
  unit?: string;
}

const BAR_WIDTH = 20;

function barLine(payload: Payload, progress: number, value: number, total: number): string {
  const { label, detail, started, from, unit } = payload;
  const seconds = (performance.now() - started) / 1000;
  // What was done before may have been lost since.
  const done = value < from ? value : value - from;
  const pace = done > 0 ? speed(done / seconds, unit) : '';
  if (total === 0) return `${label.padEnd(12)} ${amount(value, unit)} ${pace} ${neutral(detail)}`;
  const full = Math.round(Math.min(1, progress) * BAR_WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
  const left = done > 0 ? `${duration((seconds / done) * Math.max(0, total - value))} left` : '';
  const share = `${Math.floor(Math.min(1, progress) * 100)}%`.padStart(4);
  return `${label.padEnd(12)} ${bar} ${share} ${pace.padStart(8)}  ${left}  ${neutral(detail)}`;
}

/** A task that takes less is told by one line, at its end. */
const QUICK_MS = 1000;

/** A line when a task has begun and one when it ends, for logs and pipes. */
class Lines implements TerminalProgress {
  private readonly waiting = new Set<NodeJS.Timeout>();

  constructor(private readonly stream: NodeJS.WriteStream) {}

  task(label: string, total?: number, { unit }: TaskOptions = {}): Task {
    const started = performance.now();
    const begin = total === undefined ? `${label} ...` : `${label}: ${amount(total, unit)} ...`;
    const timer = setTimeout(() => this.note(begin), QUICK_MS).unref();
    this.waiting.add(timer);
    let done = 0;
    return {
      update: (units) => {
        done = units;
      },
      finish: (detail) => {
        this.cancel(timer);
        this.note(finished(label, amount(done, unit), started, detail));
      },
    };
  }

  note(line: string): void {
    this.stream.write(`${neutral(line)}\n`);
  }

  stop(): void {
    for (const timer of this.waiting) this.cancel(timer);
  }

  private cancel(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.waiting.delete(timer);
  }
}

function finished(label: string, done: string, started: number, detail?: string): string {
  const seconds = (performance.now() - started) / 1000;
  const parts = [detail ? undefined : done, duration(seconds), detail && neutral(detail)];
  return `${label}: ${parts.filter(Boolean).join(', ')}`;
}
