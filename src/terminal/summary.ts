import type { TrainingSummary } from '../model/train.js';
import type { FittingSummary } from '../model/trainDetector.js';
import type { Stage } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import type { Summaries } from '../run/pipeline.js';
import { firstMissText, intervalText, percent, type Result, type ResultRow, resultRows } from '../score/result.js';
import { pairs, table } from './table.js';
import { cut, duration, grouped, neutral, rate } from './text.js';

type Writers = { [S in Stage]: (summary: Summaries[S], run: RunFolder) => string[] };

/** A stage's summary for a person; the first line says it all in short. */
export function summaryLines<S extends Stage>(stage: S, summary: Summaries[S], run: RunFolder): string[] {
  return WRITERS[stage](summary, run).map(neutral);
}

/** One line a stage, for a run of many. */
export function headline<S extends Stage>(stage: S, summary: Summaries[S] | undefined, run: RunFolder): string {
  const text = summary === undefined ? 'up to date' : neutral(WRITERS[stage](summary, run)[0]);
  return `${stage.padEnd(9)} ${text}`;
}

const WRITERS: Writers = {
  parse: ({ linesIn, parsed, rejected, joined, blank, withoutId, unmatched, templates, seconds, ...rest }, run) => [
    `${grouped(linesIn)} lines in ${duration(seconds)}, ${rate(linesIn / seconds)}: ${grouped(parsed)} events, ${grouped(templates)} templates${rejected > 0 ? `, ${grouped(rejected)} rejected` : ''}`,
    `lines in ${grouped(linesIn)} = parsed ${grouped(parsed)} + rejected ${grouped(rejected)} + joined ${grouped(joined)} + blank ${grouped(blank)}`,
    `format: ${rest.lineFormat}${rest.formatConfidence === null ? '' : ` (detected, confidence ${rest.formatConfidence.toFixed(3)})`}`,
    `of the events, ${grouped(withoutId)} name no session and ${grouped(unmatched)} match no template`,
    ...(rest.border ? [`border: ${rest.border.file} line ${grouped(rest.border.line)}`] : []),
    ...(rest.protocol === 'paper'
      ? ['protocol paper: the parser learnt from all lines, those of the test part too']
      : []),
    ...(rejected > 0 ? [`rejected lines: ${run.path('rejected')}`] : []),
  ],
  sessions: ({ sessions, distinct, events, splits, straddlers, lines, open }) => [
    `${grouped(sessions)} sessions, ${grouped(distinct)} of them distinct, with ${grouped(events)} events`,
    ...table(
      [{ title: 'part' }, ...['sessions', 'normal', 'anomalies', 'unlabelled'].map(rightAligned)],
      Object.entries(splits).map(([name, part]) => [
        name,
        ...[part.sessions, part.normal, part.anomalies, part.unlabelled].map(grouped),
      ]),
    ),
    ...(straddlers ? [`${grouped(straddlers)} training sessions have events beyond the border`] : []),
    ...(open > 0 ? [`${grouped(open)} may have been cut by an end of the log or the border (open)`] : []),
    ...(lines ? [`lines: ${grouped(lines.inSessions)} in sessions, ${grouped(lines.withoutId)} without an id`] : []),
    ...(lines?.withoutTime ? [`${grouped(lines.withoutTime)} lines without a time have that of the line before`] : []),
  ],
  vocab: ({ size, templates, specials, unseen }) => [
    `${size} keys: ${templates} templates and ${specials} special ones; unseen in test: ${unseen.templates.length} templates, ${grouped(unseen.events)} events, ${grouped(unseen.sessions)} sessions`,
    ...unseen.templates
      .slice(0, 10)
      .map(({ template, events, text }) =>
        cut(`  ${grouped(events)} x ${template < 0 ? 'no template' : (text ?? `template ${template}`)}`, 79),
      )
      .map(neutral),
  ],
  train: (summary) => ('epochs' in summary ? trainedLines(summary) : fittedLines(summary)),
  predict: ({ sessions, distinct, seconds, sessionsPerSecond, score, engine }) => [
    `${grouped(sessions)} sessions (${grouped(distinct)} distinct) in ${duration(seconds)}, ${rate(sessionsPerSecond)}; score ${score}`,
    ...pairs([['engine', engine]]),
  ],
  evaluate: (result, run) => [headlineOf(result), ...resultLines(result, run)],
};

function headlineOf({ result, threshold }: Result): string {
  return `${result.name}: F1 ${percent(result.f1)} at ${threshold.rule}`;
}

function trainedLines({
  model,
  epochs,
  best,
  seconds,
  engine,
  parameters,
  sequences,
  rows,
  values,
}: TrainingSummary): string[] {
  return [
    `${model}: ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${duration(seconds)}, best validation loss ${shown(best.validationLoss)} in epoch ${best.epoch}`,
    ...pairs([
      ['sequences', sequencesOf(sequences)],
      ['rows', `${grouped(rows.train)} in an epoch`],
      ['parameters', grouped(parameters)],
      ...(values ? [['values', valuesText(values, sequences.validation > 0)] as [string, string]] : []),
      ['engine', engine],
    ]),
  ];
}

function valuesText({ best, epochs, outside }: NonNullable<TrainingSummary['values']>, validated: boolean): string {
  const part = validated ? 'validation' : 'training';
  const alarms = `${(100 * outside).toFixed(1)} % of the ${part} sessions have a value outside the interval`;
  return `best ${part} loss ${shown(best.validationLoss)} in epoch ${best.epoch} of ${epochs}; ${alarms}`;
}

function fittedLines({ model, seconds, sequences, threshold }: FittingSummary): string[] {
  return [
    `${model}: fitted in ${duration(seconds)}`,
    ...pairs([
      ['sequences', sequencesOf(sequences)],
      ...(threshold ? [['threshold', `${threshold.value.toPrecision(6)}, ${threshold.rule}`] as [string, string]] : []),
    ]),
  ];
}

function sequencesOf({ train, validation }: { train: number; validation: number }): string {
  return `${grouped(train)} to train, ${grouped(validation)} to validate`;
}

/** The result table, in per cent, and where the report is. */
export function resultLines(result: Result, run: RunFolder): string[] {
  const rows = resultRows(result);
  const counts = [...new Set(rows.map(({ count }) => count))];
  const { train, validation, test, anomalies } = result.data;
  return [
    '',
    `${grouped(test)} test sessions, ${grouped(anomalies)} of them anomalies; learnt from ${grouped(train)}, validated on ${grouped(validation)}`,
    ...counts.flatMap((count) => [
      ...(counts.length > 1 ? ['', count] : []),
      ...table(RESULT_COLUMNS, rows.filter((row) => row.count === count).map(cellsOf)),
    ]),
    `Threshold: ${result.threshold.rule}. Figures in per cent.`,
    ...(result.result.intervals?.f1
      ? [`F1, 95 % interval over distinct sequences: ${intervalText(result.result.intervals.f1)}`]
      : []),
    ...(result.result.falseAlarmsPerDay === undefined
      ? []
      : [`False alarms per day: ${result.result.falseAlarmsPerDay.toFixed(1)}`]),
    ...(result.firstMiss ? [firstMissText(result.firstMiss)] : []),
    ...rollingLines(result),
    ...result.notes,
    `Report: ${run.path('report')}`,
  ];
}

function rollingLines({ rolling = [] }: Result): string[] {
  if (rolling.length === 0) return [];
  const titles = ['delay', 'P', 'R', 'F1', 'F1 merged', 'per 1,000', 'FP'];
  const rows = rolling.map((row) => [
    row.name,
    row.delay === null ? 'never' : grouped(row.delay),
    ...[row.precision, row.recall, row.f1, row.merged.f1].map(percent),
    row.alertsPer1000.toFixed(1),
    grouped(row.fp),
  ]);
  return [
    '',
    'Rolling: the test in order; after a delay an operator says which flags were wrong, and they are learnt',
    ...table([{ title: 'rule' }, ...titles.map(rightAligned)], rows),
    '',
  ];
}

const RESULT_COLUMNS = [
  { title: 'detector' },
  ...['P', 'R', 'F1', 'AUROC', 'AUPRC', 'TP', 'FP', 'FN'].map(rightAligned),
];

function cellsOf({ name, precision, recall, f1, auroc, auprc, tp, fp, fn }: ResultRow): string[] {
  return [name, precision, recall, f1, auroc, auprc, tp, fp, fn];
}

function rightAligned(title: string): { title: string; align: 'right' } {
  return { title, align: 'right' };
}

function shown(loss: number | null): string {
  return loss === null || !Number.isFinite(loss) ? '-' : loss.toFixed(4);
}
