import type { FileDetection } from '../parse/formats/detectFile.js';
import { type Column, pairs, table } from './table.js';
import { cut, grouped } from './text.js';

/** A detection for a person. */
export function detectionLines({ format, title, confidence, lines, fits, perLine }: FileDetection): string[] {
  const fitted = fits.find(({ name }) => name === format)?.lines ?? 0;
  return [
    ...pairs([
      ['format', `${format}: ${title}`],
      ['confidence', confidence.toFixed(3)],
      ['lines', `${grouped(lines)} looked at, ${grouped(fitted)} have this format`],
    ]),
    ...(fits.length > 1 ? ['', ...runnersUp(fits.filter(({ name }) => name !== format))] : []),
    ...(perLine ? ['', ...lineTable(perLine)] : []),
  ];
}

function runnersUp(fits: FileDetection['fits']): string[] {
  const columns: Column[] = [
    { title: 'runner-up' },
    { title: 'lines', align: 'right' },
    { title: 'told', align: 'right' },
  ];
  return table(
    columns,
    fits.map(({ name, lines, told }) => [name, grouped(lines), grouped(told)]),
  );
}

function lineTable(perLine: NonNullable<FileDetection['perLine']>): string[] {
  const columns: Column[] = [{ title: 'line', align: 'right' }, { title: 'format' }, { title: 'text' }];
  return table(
    columns,
    perLine.map(({ line, format, text }) => [line, format ?? '-', cut(text, 200)]),
  );
}
