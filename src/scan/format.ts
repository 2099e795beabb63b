import { detectFormat } from '../parse/detect.js';
import { type Format, formatNamed } from '../parse/formats.js';
import { LineSplitter } from '../parse/lineSplitter.js';
import { type LogFile } from '../parse/logFiles.js';
import { readSource } from '../parse/source.js';

/** A format by name; `plain` where lines have no header that we know. */
export interface ChosenFormat {
  name: string;
  format: Format;
  /** Lower end of the 95 % interval of the share of lines that have its layout. */
  confidence: number;
}

/** Lines looked at. */
const SAMPLE = 2000;
const SAMPLE_BYTES = 1 << 22;

/** A line is a message; numbers are masked, times among them. */
const PLAIN: Format = { title: 'plain lines', layouts: [{ layout: '<Content>' }], fields: {}, example: 'any text' };

/** The format of that name, or, for `auto`, what the first lines of the first logs look like. */
export async function chooseFormat(logs: readonly LogFile[], name: string): Promise<ChosenFormat> {
  if (name === 'plain') return { name, format: PLAIN, confidence: 1 };
  if (name !== 'auto') return { name, format: formatNamed(name), confidence: 1 };
  const found = detectFormat(await firstLines(logs));
  if (found.name === undefined) return { name: 'plain', format: PLAIN, confidence: 1 };
  return { name: found.name, format: formatNamed(found.name), confidence: found.confidence };
}

async function firstLines(logs: readonly LogFile[]): Promise<Buffer[]> {
  const lines: Buffer[] = [];
  for (const { path } of logs) {
    const splitter = new LineSplitter(
      { line: (bytes, start, end) => void lines.push(Buffer.from(bytes.subarray(start, end))), overlong: () => {} },
      1 << 16,
    );
    let bytes = 0;
    for await (const chunk of readSource(path)) {
      splitter.push(chunk);
      bytes += chunk.length;
      if (lines.length >= SAMPLE || bytes > SAMPLE_BYTES) break;
    }
    if (bytes <= SAMPLE_BYTES) splitter.finish();
    if (lines.length >= SAMPLE) break;
  }
  return lines.slice(0, SAMPLE);
}
