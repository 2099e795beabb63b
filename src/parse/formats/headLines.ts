import { type LineSink, LineSplitter } from '../input/lineSplitter.js';
import type { LogFile } from '../input/logFiles.js';
import { BrokenSource, readSource, refuseBinary } from '../input/source.js';
import { isBlank } from './header.js';

/** Longer lines decide nothing. */
const HEAD_BYTES = 1 << 20;

export interface HeadLine {
  /** 1-based in its file. */
  line: number;
  bytes: Buffer;
}

/** The first lines of logs, blank ones left out. */
export async function headLines(logs: readonly Pick<LogFile, 'name' | 'path'>[], count: number): Promise<HeadLine[]> {
  const lines: HeadLine[] = [];
  const sink: LineSink = {
    line: (bytes, start, end, _offset, line) => {
      if (lines.length >= count || isBlank(bytes, start, end)) return;
      lines.push({ line, bytes: Buffer.from(bytes.subarray(start, end)) });
    },
    overlong: () => {},
  };
  for (const { name, path } of logs) {
    if (lines.length < count) await readHead(name, path, sink, () => lines.length >= count);
  }
  return lines;
}

async function readHead(name: string, path: string, sink: LineSink, enough: () => boolean): Promise<void> {
  const splitter = new LineSplitter(sink, HEAD_BYTES);
  let first = true;
  try {
    for await (const chunk of readSource(path)) {
      if (first) refuseBinary(name, chunk);
      first = false;
      splitter.push(chunk);
      if (enough()) return;
    }
    splitter.finish();
  } catch (error) {
    // What is damaged is told when it's read through.
    if (!(error instanceof BrokenSource)) throw error;
  }
}
