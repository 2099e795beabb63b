import { UserError } from '../error.js';
import { errorCode, explainWrite } from '../run/atomic.js';
import { styled } from './style.js';
import { neutral } from './text.js';

/** What a failure means to the user. */
export interface Failure {
  message: string;
  /** The command to run next. */
  next?: string;
  exitCode: number;
  /** A fault of the program and not of its input: the stack helps to mend it. */
  unexpected?: boolean;
}

/** @param command the command that failed, such as `parse`, for the advice to see its help */
export function failureOf(error: unknown, command?: string): Failure {
  const user = error instanceof UserError ? error : systemFault(error);
  if (user) return { message: user.message, next: user.next, exitCode: user.exitCode };
  const oclif = (error as { oclif?: { exit?: number } } | null)?.oclif;
  const text = error instanceof Error ? error.message : String(error);
  if (oclif) {
    const [, unknown] = /^command (.*) not found$/.exec(text) ?? [];
    // Its topics are parted by colons within oclif.
    const message = unknown === undefined ? plain(text) : `There is no command '${unknown.replaceAll(':', ' ')}'.`;
    const known = unknown === undefined ? command : undefined;
    return { message, next: ['logbert', known, '--help'].filter(Boolean).join(' '), exitCode: oclif.exit ?? 2 };
  }
  return { message: text.split('\n')[0] || 'unknown', exitCode: 1, unexpected: true };
}

/**
 * Tells the user on stderr, and with `--json` on stdout as `{ error: { message, next, exitCode } }`.
 * @returns the exit code
 */
export function tellFailure(error: unknown, argv: string[]): number {
  // oclif's way to leave with a code and without a word.
  if (errorCode(error) === 'EEXIT') return (error as { oclif?: { exit?: number } }).oclif?.exit ?? 0;
  const failure = failureOf(error, /^[a-z]/.test(argv[0] ?? '') ? argv[0] : undefined);
  const { message, next, exitCode } = failure;
  if (wantsJson(argv)) process.stdout.write(`${JSON.stringify({ error: { message, next, exitCode } }, null, 2)}\n`);
  const lines = [`${styled(['red', 'bold'], 'Error:', process.stderr)} ${safe(message)}`];
  if (next) lines.push(`${styled('bold', 'Next:', process.stderr)} ${neutral(next)}`);
  if (process.env.DEBUG && error instanceof Error) lines.push(error.stack ?? '');
  else if (failure.unexpected) lines.push('This is a fault of logbert; set DEBUG=1 for the stack.');
  process.stderr.write(`${lines.join('\n')}\n`);
  return exitCode;
}

/** A message of oclif's parser without what is said elsewhere. */
function plain(text: string): string {
  const [, first = text] = /^The following errors? occurred:\s+(.*)$/s.exec(text) ?? [];
  return first.replace(/\n?See more help with --help\s*$/, '').trim();
}

/** A message can quote a log line or a file name, and several faults take a line each. */
function safe(message: string): string {
  return message.split('\n').map(neutral).join('\n');
}

function wantsJson(argv: string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).includes('--json');
}

/** Faults of the machine that a stage met where nobody foresaw them. */
function systemFault(error: unknown): UserError | undefined {
  const path = (error as { path?: unknown } | null)?.path;
  switch (errorCode(error)) {
    case 'ENOENT':
      return typeof path === 'string' ? new UserError(`There is no file ${path}.`, { cause: error }) : undefined;
    case 'EISDIR':
      return new UserError(`${path ?? 'A path'} is a folder, but a file was expected.`, { cause: error });
    case 'EACCES':
    case 'EPERM':
      // To read it as well as to write it.
      return typeof path === 'string' ? new UserError(`Permission denied: ${path}.`, { cause: error }) : undefined;
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
    case 'EROFS':
      return explainWrite(error, typeof path === 'string' ? path : 'a file') as UserError;
    case 'EMFILE':
      return new UserError('Too many files are open; raise the limit with `ulimit -n`.', { cause: error });
    default:
      return undefined;
  }
}
