import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SettingsInput, settingsSchema } from '../../src/config/schema.js';
import { silent } from '../../src/progress.js';
import { type DiffSummary, diffLogs } from '../../src/scan/diff.js';
import { type FitOptions, type FitSummary, fitLogs } from '../../src/scan/fit.js';
import { type ScanSummary, scanLogs } from '../../src/scan/scan.js';

const settings = settingsSchema.parse({});

/** Runs `use` with a folder that is gone afterwards. */
export async function withLogs<T>(use: (logs: Logs) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'logbert-scan-'));
  try {
    return await use(new Logs(dir));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Logs in a folder of their own, and what the commands do with them. */
export class Logs {
  readonly bundle: string;

  constructor(private readonly dir: string) {
    this.bundle = this.path('bundle.zip');
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  async write(name: string, lines: readonly (string | Uint8Array)[]): Promise<string> {
    const path = this.path(name);
    const ends = lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]);
    await writeFile(path, Buffer.concat(ends));
    return path;
  }

  async fit(
    lines: readonly string[],
    options: Partial<FitOptions> = {},
    settings: SettingsInput = {},
  ): Promise<FitSummary> {
    const files = [await this.write('good.log', lines)];
    return fitLogs(settingsSchema.parse(settings), { files, bundle: this.bundle, ...options }, silent);
  }

  async scan(lines: readonly string[], context = 0): Promise<ScanSummary> {
    const files = [await this.write('new.log', lines)];
    return scanLogs({ files, bundle: this.bundle, context, top: 100 }, silent);
  }

  async diff(good: readonly string[], bad: readonly string[]): Promise<DiffSummary> {
    const files = { good: [await this.write('good.log', good)], bad: [await this.write('bad.log', bad)] };
    return diffLogs(settings, { ...files, context: 0, top: 100 }, silent);
  }
}

/** A line of the format `spark` at a second of a day. */
export function at(second: number, message: string, level = 'INFO', component = 'app.Main'): string {
  const clock = new Date(second * 1000).toISOString().slice(11, 19);
  return `17/06/09 ${clock} ${level} ${component}: ${message}`;
}

/** A service at work: for each request, in turn, four lines; with `job` names that tie them together, if asked for. */
export function service(from: number, requests: number, named = false): string[] {
  return Array.from({ length: requests }, (_, i) => {
    const n = from + i;
    const id = named ? ` job_${1000 + n}` : '';
    return [
      at(n * 4, `request accepted${id} from client ${n % 7}`),
      at(n * 4 + 1, `query took ${20 + ((n * 7) % 30)} ms${id}`),
      at(n * 4 + 2, `sent ${500 + ((n * 13) % 90)} bytes${id}`),
      at(n * 4 + 3, `request finished${id} with status 200`),
    ];
  }).flat();
}

/** Each of four kinds of event behind each, so that neighbours alone never tell a disorder (a de Bruijn sequence). */
export const EVERY_PAIR = [0, 0, 1, 0, 2, 0, 3, 1, 1, 2, 1, 3, 2, 2, 3, 3, 0];

const EVENTS = ['read page of disk', 'wrote log to tape', 'sent bytes over wire', 'freed memory for cache'];

/** Sessions of the events of `EVERY_PAIR`, one after the other, each passed through `change`. */
export function orderly(sessions: number, change = (events: number[], _session: number) => events): string[] {
  const names = Array.from({ length: sessions }, (_, session) => change([...EVERY_PAIR], session));
  return names.flatMap((events, session) =>
    events.map((event, i) => at(session * EVERY_PAIR.length + i, `${EVENTS[event]} job_${1000 + session}`)),
  );
}
