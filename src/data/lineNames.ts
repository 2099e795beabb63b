import { basename } from 'node:path';
import { readEvents } from '../parse/events/eventReader.js';
import type { RunFolder } from '../run/folder.js';
import type { Sessions } from './sessions.js';

/** Where each event of a log stands. */
export interface LinePlaces {
  readonly files: readonly string[];
  /** (events) index in `files` */
  readonly fileOf: ArrayLike<number>;
  /** (events) line number, from 1 */
  readonly lineOf: ArrayLike<number>;
}

/** Tells where the raw lines of each session stand. */
export class LineNames {
  private readonly files: readonly string[];

  private constructor(
    private readonly sessions: Pick<Sessions, 'offsets'> & { rows: Uint32Array },
    private readonly places: LinePlaces,
  ) {
    this.files = places.files.map((path) => basename(path));
  }

  static of(sessions: Pick<Sessions, 'offsets'> & { rows: Uint32Array }, places: LinePlaces): LineNames {
    return new LineNames(sessions, places);
  }

  /** Undefined where sessions come from key files: there are no lines. */
  static async open(run: RunFolder, sessions: Sessions): Promise<LineNames | undefined> {
    const { rows } = sessions;
    if (!rows) return undefined;
    const events = rows.reduce((highest, row) => Math.max(highest, row + 1), 0);
    const fileOf = new Uint16Array(events);
    const lineOf = new Uint32Array(events);
    const files = new Map<string, number>();
    for await (const { start, length, file, line } of readEvents(await run.require('events'), ['file', 'line'])) {
      for (let i = 0; i < length && start + i < events; i++) {
        if (!files.has(file[i])) files.set(file[i], files.size);
        fileOf[start + i] = files.get(file[i])!;
        lineOf[start + i] = line[i];
      }
    }
    return new LineNames({ offsets: sessions.offsets, rows }, { files: [...files.keys()], fileOf, lineOf });
  }

  /** The lines of a session's events in order, such as `app.log:12 15 16 app.log.1:3`. */
  of(session: number): string {
    const { offsets, rows } = this.sessions;
    const { fileOf, lineOf } = this.places;
    const names: string[] = [];
    let last = -1;
    for (let i = offsets[session]; i < offsets[session + 1]; i++) {
      const file = fileOf[rows[i]];
      names.push(file === last ? String(lineOf[rows[i]]) : `${this.files[file]}:${lineOf[rows[i]]}`);
      last = file;
    }
    return names.join(' ');
  }
}
