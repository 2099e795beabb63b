import { basename } from 'node:path';
import type { Explained, ExplainedEvent, ExplainedSession } from '../explain/explain.js';
import type { NearestNormal } from '../explain/nearestNormal.js';
import { cut, grouped, neutral } from './text.js';

/** What is expected in a place is told of where the event's probability is below this, or it was missed. */
const SURPRISING = Math.log(10);

const LABELS: Record<string, string> = { '1': 'labelled abnormal', '0': 'labelled normal', '-1': 'without a label' };

/** An explanation for a person; no line but the raw ones is longer than `width`. */
export function explainedLines(session: ExplainedSession, width: number): string[] {
  const { id, events, end, nearest, split, label } = session;
  const unit = session.predicts ? 'surprise in nats' : 'what each event adds to the score';
  return [
    neutral(`${id}: ${grouped(events.length)} events, ${split} part, ${LABELS[label]}`),
    verdict(session),
    `scores: ${Object.entries(session.scores)
      .map(([name, value]) => `${name} ${short(value)}`)
      .join(', ')}`,
    '',
    `    # ${'score'.padStart(9)}         line (${unit})`,
    ...events.flatMap((event, i) => eventLines(event, i, session)),
    ...(end ? placeLines('end', end, session.predicts ? 'the session ends' : 'what is missing', session) : []),
    ...(nearest ? ['', ...sideBySide(session, nearest, width)] : []),
  ];
}

function verdict({ model, score, threshold }: ExplainedSession): string {
  const value = `${model}: ${score.name} ${short(score.value)}`;
  if (!threshold) return `${value}; no evaluation of these scores has set a threshold`;
  const alert = score.value > threshold.value ? 'an alert' : 'no alert';
  return neutral(`${value}, ${alert}: the threshold is ${short(threshold.value)} (${threshold.rule})`);
}

function eventLines(event: ExplainedEvent, i: number, session: ExplainedSession): string[] {
  const { line, template } = event;
  const text = line?.text ?? textOf(template, session);
  const where = line ? `  (${basename(line.file)}:${line.line})` : '';
  return [...placeLines(String(i + 1), event, text, session, where), ...valueLines(event, session)];
}

function valueLines({ values }: ExplainedEvent, { interval }: ExplainedSession): string[] {
  if (!values || interval === null || values.deviations <= interval) return [];
  const indent = ' '.repeat(27);
  const far = values.told.filter(({ deviations }) => Math.abs(deviations) > interval);
  return far.map(({ parameter, found, expected, deviations }) => {
    const what = parameter === null ? 'seconds since the event before' : `parameter ${parameter + 1}`;
    const off = `${short(Math.abs(deviations))} deviations too ${deviations > 0 ? 'high' : 'low'}`;
    return `${indent}${what}: ${number(found)}, predicted ${number(expected)}, ${off}`;
  });
}

function placeLines(
  name: string,
  { surprise, misses, predictions, expected }: Explained,
  text: string,
  session: ExplainedSession,
  where = '',
): string[] {
  const [first, ...more] = text.split('\n').map(neutral);
  const missed = session.predicts && misses > 0 ? (predictions > 1 ? `missed ${misses}/${predictions}` : 'missed') : '';
  const head = `${name.padStart(5)} ${(surprise === null ? '-' : surprise.toFixed(2)).padStart(9)} ${missed.padEnd(10)} `;
  const told = session.predicts ? misses > 0 || (surprise ?? 0) > SURPRISING : expected.length > 0;
  const instead = expected.map(({ template, probability }) => {
    const share = probability === null ? '' : `${(100 * probability).toFixed(1)} % `;
    return `${' '.repeat(27)}${session.predicts ? 'expected' : 'missing'} ${share}${neutral(textOf(template, session))}`;
  });
  const indent = ' '.repeat(27);
  return [`${head}${first}${neutral(where)}`, ...more.map((part) => indent + part), ...(told ? instead : [])];
}

/** In two columns as `diff --side-by-side` has them. */
function sideBySide(
  session: ExplainedSession,
  { id, distance, events, places }: NearestNormal,
  width: number,
): string[] {
  const edits = `${grouped(distance)} edit${distance === 1 ? '' : 's'} away`;
  const title = neutral(`nearest normal session: ${id}, ${edits}`);
  if (!places) return [`${title}; both are too long to be put side by side`];
  const half = Math.max(10, Math.floor((width - 3) / 2));
  const cell = (template: number | undefined) =>
    cut(template === undefined ? '' : neutral(textOf(template, session)), half).padEnd(half);
  const rows = places.map(({ left, right }) => {
    const [a, b] = [session.events[left]?.template, events[right]];
    const sign = a === b ? ' ' : a === undefined ? '>' : b === undefined ? '<' : '|';
    return `${cell(a)} ${sign} ${cell(b)}`.trimEnd();
  });
  return [title, `${'this session'.padEnd(half)}   nearest normal session`, ...rows];
}

function textOf(template: number, { texts }: ExplainedSession): string {
  return texts[template] ?? (template === -1 ? 'a line that matched no template' : `event ${template}`);
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** As the line has it, but no digits that a prediction can't have. */
function number(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : short(value);
}
