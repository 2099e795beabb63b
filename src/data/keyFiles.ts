import type { Settings } from '../config/schema.js';
import { UserError } from '../error.js';
import type { Progress } from '../progress.js';
import { readBytes } from './bytes.js';
import { IntList } from './intList.js';
import { type Sessions, TEST, TRAIN } from './sessions.js';
import { assignTraining } from './split.js';

export type KeyFiles = NonNullable<Settings['input']['keys']>;

const [LF, CR, TAB, SPACE, ZERO, NINE] = [10, 13, 9, 32, 48, 57];
const MAX_KEY = 0x7fffffff;

/**
 * Reads key files, plain or gzipped, one session of space-separated integer keys a line (blank lines count nothing).
 * The files are the split: `train` is normal, and its last part is for validation. Ids: `train:1`, `normal:1`, `abnormal:1`.
 * @throws UserError that names file and line of what isn't a key
 */
export async function readKeyFiles(files: KeyFiles, validationFraction: number, progress: Progress): Promise<Sessions> {
  const reader = new KeyReader();
  const ids: string[] = [];
  const labels: number[] = [];
  const splits: number[] = [];
  const task = progress.task('Reading key files', undefined, { unit: 'sessions' });
  for (const { name, paths, label, split } of partsOf(files)) {
    const before = ids.length;
    for (const path of paths) {
      await reader.read(path);
      task.update(reader.sessions);
    }
    for (let i = before; i < reader.sessions; i++) {
      ids.push(`${name}:${i - before + 1}`);
      labels.push(label);
      splits.push(split);
    }
  }
  task.finish(`${ids.length} sessions`);
  const training = Uint32Array.from({ length: splits.lastIndexOf(TRAIN) + 1 }, (_, i) => i);
  return {
    ids,
    labels: Int8Array.from(labels),
    splits: assignTraining(Uint8Array.from(splits), training, validationFraction),
    ...reader.finish(),
    rows: undefined,
  };
}

function partsOf(files: KeyFiles) {
  return [
    { name: 'train', paths: files.train, label: 0, split: TRAIN },
    { name: 'normal', paths: files.testNormal, label: 0, split: TEST },
    { name: 'abnormal', paths: files.testAbnormal, label: 1, split: TEST },
  ];
}

/** Decodes keys straight from bytes, since strings would cost seconds and hundreds of MB here. */
class KeyReader {
  sessions = 0;
  private readonly events = new IntList();
  private readonly offsets = new IntList([0]);

  private key = -1;
  private line = 1;
  private path = '';

  async read(path: string): Promise<void> {
    const before = this.sessions;
    this.path = path;
    this.line = 1;
    await readBytes(path, 'key file', (piece) => this.decode(piece));
    this.endLine();
    if (this.sessions === before) {
      throw new UserError(`${path} holds no sessions; expected space-separated keys, one session a line.`);
    }
  }

  finish(): { offsets: Uint32Array; events: Int32Array } {
    return { offsets: new Uint32Array(this.offsets.toArray().buffer), events: this.events.toArray() };
  }

  private decode(piece: Buffer): void {
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i];
      if (byte >= ZERO && byte <= NINE) this.digit(byte - ZERO, piece, i);
      else if (byte === SPACE || byte === TAB || byte === CR) this.endKey();
      else if (byte === LF) this.endLine();
      else this.refuse(piece, i);
    }
  }

  private digit(digit: number, piece: Buffer, at: number): void {
    const key = Math.max(this.key, 0) * 10 + digit;
    if (key > MAX_KEY) this.refuse(piece, at);
    this.key = key;
  }

  private endKey(): void {
    if (this.key >= 0) this.events.push(this.key);
    this.key = -1;
  }

  private endLine(): void {
    this.endKey();
    this.line++;
    if (this.events.length === this.offsets.last) return;
    this.offsets.push(this.events.length);
    this.sessions++;
  }

  private refuse(piece: Buffer, at: number): never {
    const word = /[^\s\p{Cc}]{0,40}/u.exec(piece.toString('utf8', at, at + 40))?.[0] ?? '';
    const read = this.key >= 0 ? String(this.key) : '';
    throw new UserError(`${this.path}:${this.line}: expected keys from 0 to ${MAX_KEY}, found "${read}${word}".`);
  }
}
