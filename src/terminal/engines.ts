import type { EngineReport } from '../engine/selfTest.js';
import { pairs, table } from './table.js';

/** What `logbert engines` prints. */
export function engineLines(reports: readonly EngineReport[], auto?: string): string[] {
  const measured = reports.some(({ speed }) => speed);
  const speedColumns = measured ? [{ title: 'ms/step', align: 'right' as const }] : [];
  const rows = reports.map(({ name, usable, description, speed }) => [
    name,
    usable ? 'yes' : 'no',
    ...(measured ? [speed ? speed.stepMilliseconds.toFixed(1) : ''] : []),
    description,
  ]);
  const remedies = reports.flatMap(({ name, remedy }): [string, string][] => (remedy ? [[name, remedy]] : []));
  return [
    ...pairs([['processor', reports.find(({ processor }) => processor)?.processor ?? 'unknown']]),
    '',
    ...table([{ title: 'engine' }, { title: 'works' }, ...speedColumns, { title: 'description' }], rows),
    ...(remedies.length > 0 ? ['', 'What would make the others work:', ...pairs(remedies)] : []),
    ...(auto ? ['', `--engine auto takes ${auto}.`] : []),
  ];
}
