import { type FileHandle, open } from 'node:fs/promises';

const FLUSH_CHARACTERS = 1 << 16;

/** Writes rejected.log: `file:line<TAB>text`. */
export class RejectedLog {
  /** Lines so far. */
  lines = 0;
  /** The first of them. */
  first: { file: string; line: number; text: string } | undefined;
  private waiting: string[] = [];
  private characters = 0;

  private constructor(private readonly output: FileHandle) {}

  static async create(path: string): Promise<RejectedLog> {
    return new RejectedLog(await open(path, 'w'));
  }

  add(file: string, line: number, text: string): void {
    this.first ??= { file, line, text };
    this.lines++;
    const entry = `${file}:${line}\t${text}\n`;
    this.waiting.push(entry);
    this.characters += entry.length;
  }

  /** Writes out what has gathered, if it's much or `all` is set. */
  async flush(all = false): Promise<void> {
    if (this.characters < FLUSH_CHARACTERS && !all) return;
    const text = this.waiting.join('');
    this.waiting = [];
    this.characters = 0;
    await this.output.writeFile(text);
  }

  async close(): Promise<void> {
    await this.output.close();
  }
}
