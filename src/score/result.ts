import type { Interval, Intervals } from './bootstrap.js';
import type { FirstMiss } from './firstMiss.js';
import {
  type AlertFigures,
  alertFigures,
  type Confusion,
  confusion,
  type RankFigures,
  rank,
  rankFigures,
} from './metrics.js';
import type { RollingResult } from './rolling.js';
import { select } from './select.js';
import type { Threshold } from './threshold.js';

/** The figures of one detector under one count of sessions; fractions 0 to 1, null where the labels can't tell. */
export interface DetectorResult extends AlertFigures, RankFigures {
  name: string;
  threshold: Threshold;
  /** Test sessions above the threshold, labelled or not. */
  alerts: number;
  /** Where the events of the test have times. */
  falseAlarmsPerDay?: number;
  /** 95 %, over distinct sequences. */
  intervals?: Intervals;
  tp: number | null;
  fp: number | null;
  fn: number | null;
  tn: number | null;
}

/** The model beside the baselines, all counted on the same sessions. */
export interface Comparison {
  result: DetectorResult;
  baselines: DetectorResult[];
}

/** What `logbert evaluate` prints with `--json` and writes to result.json. */
export interface Result extends Comparison {
  format: 'logbert-result';
  version: 2;
  run: string;
  /** Numbers of sessions. */
  data: {
    train: number;
    validation: number;
    /** Abnormal sessions on the training side: nothing learns from them and no figure counts them. */
    excluded: number;
    test: number;
    /** Of the test sessions. */
    anomalies: number;
    /** Test sessions without a label, which no figure but `alerts` counts. */
    unlabelled: number;
    /** Test sessions with fewer events than `minLength`, which `result` and `baselines` leave out. */
    short: number;
    minLength: number;
    /** Time from the first to the last event of the test sessions; null where events have no times. */
    days: number | null;
    /** Events of the test sessions that no training or validation session has. */
    unseen: { templates: number; events: number; sessions: number };
  };
  protocol: 'strict' | 'paper';
  threshold: Threshold;
  /** The same for every test session, however short; there if `result` leaves short ones out. */
  all?: Comparison;
  /** The same with each distinct sequence counted once (once for each label that it comes with). */
  distinct: Comparison;
  /** How early the anomalies found could be known; there if a model of event sequences made the scores. */
  firstMiss?: FirstMiss;
  /** The test in order, with an operator who answers; there if `evaluate.delays` names delays. */
  rolling?: RollingResult[];
  /** What a reader has to know about the figures, a sentence each. */
  notes: string[];
  seed: number;
  settings: unknown;
}

/** A detector's scores with the threshold that makes alerts of them. */
export interface Detector {
  name: string;
  threshold: Threshold;
  scores: Float64Array;
  /** Whether the scores put sessions in an order; AUROC and the like mean nothing for a yes or no. */
  ranks: boolean;
}

/**
 * Judges a detector.
 * @param counted the sessions that count
 * @param labels of all sessions: 1 anomaly, 0 normal, -1 unknown
 */
export function judge(detector: Detector, counted: Uint32Array, labels: Int8Array): DetectorResult {
  const { name, threshold, ranks } = detector;
  const scores = select(detector.scores, counted);
  const truth = select(labels, counted);
  const counts = confusion(scores, truth, threshold.value);
  const labelled = truth.some((label) => label >= 0);
  return {
    name,
    threshold,
    alerts: scores.reduce((n, score) => n + (score > threshold.value ? 1 : 0), 0),
    ...alertFigures(counts),
    ...(ranks ? rankFigures(rank(scores, truth)) : { auroc: null, auprc: null, oracleF1: null }),
    ...(labelled ? counts : NO_COUNTS),
  };
}

const NO_COUNTS: Record<keyof Confusion, null> = { tp: null, fp: null, fn: null, tn: null };

/** A line of the result table, as text: per cent with two decimals, `-` for what the data can't tell. */
export interface ResultRow {
  /** Which sessions count, such as `sessions of 10 or more events`. */
  count: string;
  isModel: boolean;
  name: string;
  precision: string;
  recall: string;
  f1: string;
  oracleF1: string;
  auroc: string;
  auprc: string;
  mcc: string;
  alerts: string;
  tp: string;
  fp: string;
  fn: string;
  /** 95 % interval of F1, such as `97.9 to 99.2`. */
  f1Interval: string;
  /** How the threshold was chosen. */
  rule: string;
}

/** The result table that the terminal and the report print: the model first, then the baselines, for each count. */
export function resultRows(result: Result): ResultRow[] {
  const { minLength } = result.data;
  const short = minLength > 1 ? `sessions of ${minLength} or more events` : 'all sessions';
  return [
    ...rowsOf(result, short),
    ...(result.all ? rowsOf(result.all, 'all sessions') : []),
    ...rowsOf(result.distinct, 'each distinct sequence once'),
  ];
}

function rowsOf({ result, baselines }: Comparison, count: string): ResultRow[] {
  return [result, ...baselines].map((detector) => ({
    count,
    isModel: detector === result,
    name: detector.name,
    precision: percent(detector.precision),
    recall: percent(detector.recall),
    f1: percent(detector.f1),
    oracleF1: percent(detector.oracleF1),
    auroc: percent(detector.auroc),
    auprc: percent(detector.auprc),
    mcc: percent(detector.mcc),
    alerts: integer(detector.alerts),
    tp: integer(detector.tp),
    fp: integer(detector.fp),
    fn: integer(detector.fn),
    f1Interval: intervalText(detector.intervals?.f1),
    rule: detector.threshold.rule,
  }));
}

/** How early anomalies could be known, in a sentence. */
export function firstMissText({ sessions, without, median, ninth, share }: FirstMiss): string {
  const rest = without > 0 ? `; in ${integer(without)} no event was missed` : '';
  return `First missed event of ${integer(sessions)} anomalies found: median ${integer(median)}, nine tenths by ${integer(ninth)}, after ${percent(share)} per cent of a session${rest}.`;
}

/** [.979, .992] as `97.9 to 99.2`. */
export function intervalText(interval: Interval | undefined): string {
  return interval ? interval.map((end) => (100 * end).toFixed(1)).join(' to ') : '-';
}

/** .98754 as `98.75`; null as `-`. */
export function percent(fraction: number | null): string {
  return fraction === null ? '-' : (100 * fraction).toFixed(2);
}

/** 570204 as `570,204`; null as `-`. */
export function integer(n: number | null): string {
  return n === null ? '-' : n.toLocaleString('en-US');
}
