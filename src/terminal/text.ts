import { byteSize } from '../byteSize.js';

// Control characters, C1 codes, and the marks that reorder text; tab and newline too, since one value is one line.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text from a log, safe to show: control characters and escape sequences become visible signs, such as `\x1b`. */
export function neutral(text: string): string {
  return text.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0);
    if (char === '\t') return ' ';
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Cuts text to `width` characters, the last of them an ellipsis. */
export function cut(text: string, width: number): string {
  const chars = [...text];
  return chars.length <= width ? text : `${chars.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** Breaks text at blanks into lines of at most `width` characters, all but the first behind `indent` blanks; long words are cut. */
export function wrapped(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\S)(?= )/)) {
    if (line !== '' && line.length + word.length > width) {
      lines.push(line);
      line = ' '.repeat(indent) + word.trimStart();
    } else line += word;
  }
  return [...lines, line].map((full) => cut(full, width));
}

/** `1234567` as `1,234,567`. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** What a task has done: `1.2 MB`, `364 sessions`; empty for nothing. */
export function amount(value: number, unit = ''): string {
  if (value === 0) return '';
  return unit === 'bytes' ? byteSize(value) : `${grouped(value)} ${unit}`.trimEnd();
}

/** How fast it does it: `81.2 MB/s`, `1.4k/s`. */
export function speed(perSecond: number, unit?: string): string {
  return unit === 'bytes' ? `${byteSize(perSecond)}/s` : rate(perSecond);
}

/** Seconds as a person says them: `8.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '-';
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds) % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A rate with a few digits: `950/s`, `81.2k/s`, `1.4M/s`. */
export function rate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return '-';
  if (perSecond < 1000) return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
  const [value, unit] = perSecond < 1e6 ? [perSecond / 1e3, 'k'] : [perSecond / 1e6, 'M'];
  return `${value.toFixed(value < 100 ? 1 : 0)}${unit}/s`;
}
