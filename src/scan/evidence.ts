import type { LineSink } from '../parse/input/lineSplitter.js';
import { type LogFile, type ReadOptions, readLines } from '../parse/input/logFiles.js';

/** Longest raw line that is shown in full, in bytes. */
const LONGEST = 2000;

/** Reads the text of some lines again, by file and line number. */
export async function readTexts(
  logs: readonly LogFile[],
  wanted: readonly ReadonlySet<number>[],
  options: ReadOptions,
): Promise<Map<number, string>[]> {
  const texts = logs.map(() => new Map<number, string>());
  const files = logs.map((_, file) => file).filter((file) => wanted[file].size > 0);
  const sinkFor = (i: number): LineSink => {
    const file = files[i];
    return {
      line: (bytes, start, end, _offset, number) => {
        if (!wanted[file].has(number)) return;
        const text = bytes.toString('utf8', start, Math.min(end, start + LONGEST));
        texts[file].set(number, end - start > LONGEST ? `${text}…` : text);
      },
      overlong: (head, _length, _offset, number) => {
        if (wanted[file].has(number)) texts[file].set(number, `${head.toString('utf8')}…`);
      },
    };
  };
  await readLines(
    files.map((file) => logs[file]),
    options,
    sinkFor,
  );
  return texts;
}
