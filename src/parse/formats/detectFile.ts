import { type Detection, detectFormat, FormatMatcher } from './detect.js';
import { FORMATS, PLAIN } from './formats.js';
import { headLines } from './headLines.js';

/** What `logbert detect` tells. */
export interface FileDetection extends Omit<Detection, 'name'> {
  file: string;
  /** The format that `parse` would take. */
  format: string;
  title: string;
  /** Each line decided alone; null where no format fits. */
  perLine?: { line: number; format: string | null; text: string }[];
}

/**
 * Detects the format of a log from its first lines.
 * @throws UserError when the file is missing or no text
 */
export async function detectFile(
  file: string,
  lines: number,
  options: { perLine?: boolean } = {},
): Promise<FileDetection> {
  const matcher = new FormatMatcher();
  const head = await headLines([{ name: file, path: file }], lines);
  const { name = PLAIN, ...detection } = detectFormat(
    head.map(({ bytes }) => bytes),
    matcher,
  );
  const found = { file, format: name, title: FORMATS[name].title, ...detection };
  if (!options.perLine) return found;
  const perLine = head.map(({ line, bytes }) => ({
    line,
    format: matcher.decide(bytes) ?? null,
    text: bytes.toString('utf8'),
  }));
  return { ...found, perLine };
}
