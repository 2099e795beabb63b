import Papa from 'papaparse';
import type { LogScores } from '../export/logScores.js';
import { grouped, neutral } from './text.js';

/** A CSV with a row for each session; on a terminal without characters that could change what it shows. */
export function* scoresCsv({ sessions }: LogScores, shown: boolean): Generator<string> {
  const safe = shown ? neutral : (text: string) => text;
  const names = Object.keys(sessions[0]?.scores ?? {});
  yield ['id', 'length', 'score', 'alert', ...names, 'lines'].join();
  for (const { id, length, score, alert, scores, lines } of sessions) {
    yield Papa.unparse([[safe(id), length, score, alert, ...names.map((name) => scores[name]), safe(lines)]]);
  }
}

/** What was read and found, for a person. */
export function accountLines({ account, sessions, alerts, threshold, model, engine }: LogScores): string[] {
  const { lines, events, rejected, joined, blank, withoutId, unmatched } = account;
  return [
    `lines in ${grouped(lines)} = events ${grouped(events)} + rejected ${grouped(rejected)} + joined ${grouped(joined)} + blank ${grouped(blank)}`,
    `of the events, ${grouped(withoutId)} belong to no session and ${grouped(unmatched)} match no template`,
    `${grouped(sessions.length)} sessions, ${grouped(alerts)} alerts: ${threshold.score} of ${model} above ${threshold.value}; ${engine}`,
  ];
}
