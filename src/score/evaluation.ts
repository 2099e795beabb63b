import { basename } from 'node:path';
import type { Settings } from '../config/schema.js';
import { distinctSequences } from '../data/distinct.js';
import { EXCLUDED, type Sessions, TEST, TRAIN, VALIDATION } from '../data/sessions.js';
import { UserError } from '../error.js';
import { fitBaselines } from './baselines.js';
import { bootstrapIntervals } from './bootstrap.js';
import { countUnseenEvents, firstOfEach, sequenceCounts } from './counted.js';
import { rank } from './metrics.js';
import { type Comparison, type Detector, type DetectorResult, integer, judge, type Result } from './result.js';
import { roll } from './rolling.js';
import { rollingRules, UNTIL_USUAL } from './rollingRules.js';
import type { Scores } from './scores.js';
import { select, sessionsIn } from './select.js';
import { falseAlarmThreshold, oracleThreshold, quantileThreshold, spotThreshold, type Threshold } from './threshold.js';
import type { OwnThreshold } from './training.js';

/** The result with what it was counted on. */
export interface Evaluation {
  result: Result;
  /** The model (or whoever made the scores) with its threshold for `result`. */
  detector: Detector;
  /** The test sessions that `result` counts. */
  counted: Uint32Array;
  /** (n) 1 anomaly, 0 normal, -1 unknown: the run's labels, or those that came with the scores. */
  labels: Int8Array;
}

/**
 * Judges scores, without reading or writing a file.
 * @param options.own the rule of the detector that made the scores, if it has one
 * @param options.days that the test sessions span, if their events have times
 * @throws UserError when no session is there to be judged, or none to take the threshold from
 */
export function evaluate(
  settings: Settings,
  sessions: Sessions,
  scores: Scores,
  { own, days }: { own?: OwnThreshold; days?: number } = {},
): Evaluation {
  const { minLength } = settings.evaluate;
  const { test, counted, labels } = countedSessions(sessions, scores, minLength);
  const { baselines, notes } = fitBaselines(sessions);
  const detectorFor = (chosen: Uint32Array): Detector => {
    const threshold = ownThreshold(settings, own) ?? thresholdFor(settings, sessions, scores, labels, chosen);
    return { name: nameOf(settings), threshold, scores: scores.values, ranks: true };
  };
  const { of } = distinctSequences(sessions, (i) => sessions.splits[i] === TEST);
  const judged = (detector: Detector, chosen: Uint32Array): DetectorResult => {
    const found = judge(detector, chosen, labels);
    return days && found.fp !== null ? { ...found, falseAlarmsPerDay: found.fp / days } : found;
  };
  const compare = (detector: Detector, chosen: Uint32Array): Comparison => ({
    result: judged(detector, chosen),
    baselines: baselines.map((baseline) => judged(baseline, chosen)),
  });
  const withIntervals = (one: Detector, found: DetectorResult): DetectorResult => {
    const counts = sequenceCounts(select(one.scores, counted), select(labels, counted), select(of, counted));
    const intervals = bootstrapIntervals(counts, one.threshold.value, one.ranks, settings.seed);
    return { ...found, intervals };
  };
  const detector = detectorFor(counted);
  const main = compare(detector, counted);
  const result: Result = {
    format: 'logbert-result',
    version: 2,
    run: settings.name,
    data: {
      ...countData(sessions, labels, test),
      short: test.length - counted.length,
      minLength,
      days: days ?? null,
      unseen: countUnseenEvents(sessions, counted),
    },
    protocol: settings.split.protocol,
    threshold: detector.threshold,
    result: withIntervals(detector, main.result),
    baselines: main.baselines.map((found, b) => withIntervals(baselines[b], found)),
    ...(minLength > 1 ? { all: compare(detectorFor(test), test) } : {}),
    distinct: compare(detector, firstOfEach(of, labels, counted)),
    ...rollingPart(settings, sessions, detector, counted, labels),
    notes: [...notesOnLabels(settings, select(labels, counted)), ...notesOnTraining(sessions, scores), ...notes],
    seed: settings.seed,
    settings,
  };
  return { result, detector, counted, labels };
}

function rollingPart(
  { evaluate: { delays } }: Settings,
  sessions: Sessions,
  detector: Detector,
  counted: Uint32Array,
  labels: Int8Array,
): Pick<Result, 'rolling'> {
  if (delays.length === 0) return {};
  const rolled = delays.map((delay) => {
    return rollingRules(sessions, detector).map((rule) => roll(rule, counted, labels, delay));
  });
  const alone = rollingRules(sessions, detector).filter(({ name }) => name === UNTIL_USUAL);
  return { rolling: [...rolled.flat(), ...alone.map((rule) => roll(rule, counted, labels, Infinity))] };
}

/**
 * The test sessions that `result` counts, and the labels that they are judged by.
 * @throws UserError when there are none
 */
export function countedSessions(sessions: Sessions, scores: Scores, minLength: number) {
  const test = sessionsIn(sessions, TEST);
  return { test, counted: longEnough(sessions, test, minLength), labels: labelsOf(sessions, scores, test) };
}

function longEnough({ offsets }: Sessions, test: Uint32Array, minLength: number): Uint32Array {
  if (test.length === 0) throw new UserError('The run has no test sessions. Choose a smaller split.trainFraction.');
  const counted = test.filter((i) => offsets[i + 1] - offsets[i] >= minLength);
  if (counted.length > 0) return counted;
  throw new UserError(`No test session has ${integer(minLength)} events or more. Lower evaluate.minLength.`);
}

/** The run's labels, or, when its test part has none, those in the file of scores. */
function labelsOf(sessions: Sessions, scores: Scores, test: Uint32Array): Int8Array {
  const labelled = test.some((i) => sessions.labels[i] >= 0);
  return labelled ? sessions.labels : (scores.labels ?? sessions.labels);
}

/** The detector's own rule, where it is asked for or nothing else is. */
function ownThreshold(
  { predict, split, evaluate: { threshold } }: Settings,
  own?: OwnThreshold,
): Threshold | undefined {
  const asked = threshold === 'own' || (threshold === 'auto' && split.protocol === 'strict');
  const usable = own !== undefined && (predict.score ?? own.score) === own.score;
  if (asked && usable) return { rule: own.rule, value: own.value, chosenOn: 'train' };
  if (threshold !== 'own') return undefined;
  throw new UserError('These scores come with no threshold of their own.', {
    next: 'logbert evaluate --threshold quantile',
  });
}

/** The protocol's rule; the paper's can't be followed without labels of both classes. */
function thresholdFor(
  { split, evaluate: { quantile, threshold, falseAlarmRate } }: Settings,
  sessions: Sessions,
  { values }: Scores,
  labels: Int8Array,
  chosen: Uint32Array,
): Threshold {
  const published = split.protocol === 'paper' && threshold === 'auto';
  const oracle = published && oracleThreshold(rank(select(values, chosen), select(labels, chosen)));
  if (oracle) return oracle;
  const validation = select(values, sessionsIn(sessions, VALIDATION)).filter((score) => !Number.isNaN(score));
  if (threshold === 'spot') return spotThreshold(validation, falseAlarmRate);
  if (threshold === 'false-alarms') return falseAlarmThreshold(validation, falseAlarmRate);
  return quantileThreshold(validation, quantile);
}

function nameOf({ evaluate: { scores }, model }: Settings): string {
  return scores === undefined ? model.name : basename(scores);
}

function countData(sessions: Sessions, labels: Int8Array, test: Uint32Array) {
  return {
    train: sessionsIn(sessions, TRAIN).length,
    validation: sessionsIn(sessions, VALIDATION).length,
    excluded: sessionsIn(sessions, EXCLUDED).length,
    test: test.length,
    anomalies: test.filter((i) => labels[i] === 1).length,
    unlabelled: test.filter((i) => labels[i] < 0).length,
  };
}

/** @param labels of the sessions that count */
function notesOnLabels({ split, evaluate: { threshold } }: Settings, labels: Int8Array): string[] {
  const anomalies = labels.filter((label) => label === 1).length;
  const normal = labels.filter((label) => label === 0).length;
  const both = anomalies > 0 && normal > 0;
  const unlabelled = labels.length - anomalies - normal;
  const notes: string[] = [];
  if (anomalies + normal === 0) {
    notes.push('No test session has a label: alerts can be counted, but not judged.');
  } else if (!both) {
    const all = normal === 0 ? 'an anomaly' : 'normal';
    notes.push(`Every labelled test session is ${all}: figures that need both classes are left out.`);
  }
  if (unlabelled > 0 && unlabelled < labels.length) {
    notes.push(`${integer(unlabelled)} test sessions have no label; the figures leave them out.`);
  }
  const published = split.protocol === 'paper' && threshold === 'auto';
  if (published) notes.push(both ? PAPER : PAPER_WITHOUT_LABELS);
  return notes;
}

const PAPER =
  'Paper protocol: the threshold was chosen on the test labels, so precision, recall and F1 are an upper bound. The baselines choose theirs without.';
const PAPER_WITHOUT_LABELS =
  'The paper protocol needs test labels of both classes; the threshold is a quantile of the validation scores instead.';

function notesOnTraining(sessions: Sessions, { values }: Scores): string[] {
  const learnt = [TRAIN, VALIDATION].flatMap((split) => [...sessionsIn(sessions, split)]);
  const abnormal = learnt.filter((i) => sessions.labels[i] === 1).length;
  const missing = sessionsIn(sessions, VALIDATION).filter((i) => Number.isNaN(values[i])).length;
  return [
    ...(abnormal > 0
      ? [
          `${integer(abnormal)} of ${integer(learnt.length)} training and validation sessions are abnormal, as split.contamination asks.`,
        ]
      : []),
    ...(missing > 0 ? [`${integer(missing)} validation sessions have no score; the threshold leaves them out.`] : []),
  ];
}
