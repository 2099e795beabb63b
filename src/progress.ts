/** Where a long function tells how far it is. The command line draws bars; tests and library users pass `silent`. */
export interface Progress {
  /** Starts a task of `total` units; undefined: not known. */
  task(label: string, total?: number, options?: TaskOptions): Task;
  /** One line for the user beside the bars, such as a warning. */
  note(line: string): void;
}

export interface TaskOptions {
  /** What is counted: `bytes`, `sessions`. */
  unit?: string;
  /** Units that were done before: no speed counts them. */
  from?: number;
}

export interface Task {
  /** `done` units so far; `detail` is a short text beside the bar, such as `loss 0.132`. */
  update(done: number, detail?: string): void;
  /** Ends the task; `detail` stays beside it. */
  finish(detail?: string): void;
}

export const silent: Progress = {
  task: () => ({ update: () => {}, finish: () => {} }),
  note: () => {},
};
