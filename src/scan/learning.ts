import type { Settings } from '../config/schema.js';
import { newParser } from '../parse/drain/parserState.js';
import type { Format } from '../parse/formats/formats.js';
import { emptyHeader, headerReader, isBlank } from '../parse/formats/header.js';
import { JoinRule } from '../parse/formats/joinRule.js';
import { type LogFile, type ReadOptions, readLines } from '../parse/input/logFiles.js';
import { LineParser } from '../parse/lineParser.js';
import { contentScanner } from '../parse/masks/contentScanner.js';
import type { Mask } from '../parse/masks/masks.js';
import type { LineFilter } from './lineFilter.js';
import type { Reading } from './logReader.js';

/** What varies in any log; the order matters, since a number is part of most others. */
export const GENERAL_MASKS: (string | Mask)[] = [
  { name: 'UUID', pattern: '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}' },
  { name: 'BLOCK', pattern: 'blk_-?\\d+' },
  // The port is a number of its own.
  { name: 'IP', pattern: '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}' },
  { name: 'HOST', pattern: '(?:[a-zA-Z0-9_-]+\\.)+(?:com|net|org|edu|gov|cn|hk)' },
  { name: 'HEX', pattern: '0x[0-9a-fA-F]+' },
  { name: 'NUM', pattern: '\\d+(?:\\.\\d+)?' },
];

/** Learns the templates of a log's lines, and the shapes of the lines that lack its layout. */
export async function learnTemplates(
  logs: readonly LogFile[],
  format: Format,
  { drain, parse }: Pick<Settings, 'drain' | 'parse'>,
  options: ReadOptions,
  filter?: LineFilter,
): Promise<Reading> {
  const masks = GENERAL_MASKS;
  const reading = {
    format,
    parser: newParser({ ...drain, masks }),
    odd: newParser({ ...drain, masks }),
    join: new JoinRule(parse.join),
  };
  await teach(reading, logs, options, filter);
  return reading;
}

/** Learns on: what was learnt keeps its ids. */
export async function teach(
  reading: Reading,
  logs: readonly LogFile[],
  options: ReadOptions,
  filter?: LineFilter,
): Promise<void> {
  filter?.restart();
  let inRecord = false;
  const header = headerReader(reading.format);
  const found = emptyHeader();
  const parser = new LineParser(reading.format, reading.parser);
  const scanner = contentScanner(reading.odd.masks, undefined, reading.odd.delimiters);
  const odd = (bytes: Uint8Array, start: number, end: number) => {
    scanner.scan(bytes, start, end);
    reading.odd.drain.learn(scanner.found.maskedTokens());
  };
  await readLines(logs, options, () => ({
    line: (bytes, start, end, _offset, number) => {
      // The time is asked for before the parser learns.
      const time = filter && header.read(bytes, start, end, found) ? header.time() : Number.NaN;
      if (filter?.keeps(number, time) === false) return;
      if (parser.parse(bytes, start, end)) inRecord = true;
      else if (isBlank(bytes, start, end)) return;
      else if (inRecord && reading.join.joins(bytes, start, end)) {
        if (bytes[start] > 32) odd(bytes, start, end);
      } else {
        inRecord = false;
        odd(bytes, start, end);
      }
    },
    overlong: (head) => odd(head, 0, head.length),
  }));
}
