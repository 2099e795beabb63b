/** A fault that the user can mend: one clear line, and the command to run next. Exit code 1. */
export class UserError extends Error {
  readonly exitCode: number = 1;
  readonly next?: string;

  /**
   * @param message what was expected and what was found, in one line
   * @param options.next the command to run next, such as `logbert parse --run output/hdfs`
   */
  constructor(message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.next = options.next;
  }
}

/** The command line or the configuration is wrong. Exit code 2. */
export class UsageError extends UserError {
  override readonly exitCode = 2;
}
