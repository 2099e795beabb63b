import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../../run/atomic.js';
import { sizeOf } from './files.js';
import type { Dataset } from './registry.js';

const CARD = 'dataset.json';

/** What was unpacked into a folder; it is written last, so that a folder with it is whole. */
export interface Card {
  dataset: string;
  archive: string;
  sha256: string;
  /** Only so many lines were unpacked. */
  limitLines?: number;
  files: { path: string; bytes: number }[];
}

/** The folder of all data sets: `LOGBERT_DATASETS`, or `~/.dataset`. */
export function datasetsRoot(environment: Record<string, string | undefined>): string {
  return environment.LOGBERT_DATASETS || join(homedir(), '.dataset');
}

/** Where the files of a data set are, below the folder of all of them. */
export class Store {
  /** Of this data set. */
  readonly dir: string;

  constructor(
    root: string,
    private readonly dataset: Dataset,
  ) {
    this.dir = join(root, dataset.name.toLowerCase());
  }

  /** The whole archive, checked. */
  get archive(): string {
    return join(this.dir, this.dataset.archive);
  }

  /** What has arrived of it. */
  get part(): string {
    return `${this.archive}.part`;
  }

  /** Where it is unpacked: all of it, or its first lines. */
  folder(limitLines?: number): string {
    return join(this.dir, limitLines === undefined ? 'logs' : `first-${limitLines}`);
  }

  /** What an unpacked folder holds; undefined where none is, or one of another archive. */
  async card(limitLines?: number): Promise<Card | undefined> {
    try {
      const card = JSON.parse(await readFile(join(this.folder(limitLines), CARD), 'utf8')) as Card;
      return card.sha256 === this.dataset.sha256 ? card : undefined;
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** Bytes of the archive that are here. */
  async bytesHere(): Promise<number> {
    return (await sizeOf(this.archive)) ?? (await sizeOf(this.part)) ?? 0;
  }
}

export { CARD };
