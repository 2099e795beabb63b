import { Table } from '../data/parquet.js';
import { END_OF_SESSION } from '../data/sessions.js';
import type { Evaluation } from './evaluation.js';
import type { Scores } from './scores.js';

/** How often a model missed the events of one template in the test sessions; a session of several masked rounds counts its mean. */
export interface TemplateErrors {
  /** Template id, -1 for none, END_OF_SESSION for the end of a session. */
  template: number;
  /** Missed events of normal sessions and of anomalies. */
  normal: number;
  anomaly: number;
}

/**
 * Counts missed events by template.
 * @param path event_scores.parquet
 * @returns the templates with a miss; undefined where the scores name no sequences
 */
export async function templateErrors(
  path: string,
  { sequences }: Scores,
  { counted, labels }: Pick<Evaluation, 'counted' | 'labels'>,
): Promise<TemplateErrors[] | undefined> {
  if (!sequences) return undefined;
  const sessions = { normal: new Map<number, number>(), anomaly: new Map<number, number>() };
  for (const i of counted) {
    const times = labels[i] === 1 ? sessions.anomaly : labels[i] === 0 ? sessions.normal : undefined;
    times?.set(sequences[i], (times.get(sequences[i]) ?? 0) + 1);
  }
  const table = await Table.open(path, { format: 'logbert-event-scores', version: 1 });
  const [sequence, template, masked, misses] = await Promise.all(
    ['sequence', 'template', 'masked', 'misses'].map((column) => table.int32(column)),
  );
  const errors = new Map<number, TemplateErrors>();
  sequence.forEach((s, row) => {
    if (misses[row] === 0) return;
    const share = misses[row] / masked[row];
    const found = errors.get(template[row]) ?? { template: template[row], normal: 0, anomaly: 0 };
    found.normal += share * (sessions.normal.get(s) ?? 0);
    found.anomaly += share * (sessions.anomaly.get(s) ?? 0);
    errors.set(template[row], found);
  });
  return [...errors.values()].filter(({ normal, anomaly }) => normal + anomaly > 0);
}

/** What to call a template: its text where it is known. */
export function templateName(template: number, texts: ReadonlyMap<number, string>): string {
  if (template === END_OF_SESSION) return 'end of the session';
  if (template < 0) return 'matches no template';
  return texts.get(template) ?? `event ${template}`;
}
