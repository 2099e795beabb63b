import { type Ranking, rank } from '../metrics.js';
import type { Result } from '../result.js';
import type { TemplateErrors } from '../templateErrors.js';
import type { TopGPoint } from '../topG.js';
import type { Training } from '../training.js';
import { confusionChart } from './confusionChart.js';
import { type Histogram, histogram } from './histogram.js';
import { type Html, html } from './html.js';
import { precisionRecallChart } from './precisionRecallChart.js';
import { rocChart } from './rocChart.js';
import { scoreChart } from './scoreChart.js';
import { templateChart } from './templateChart.js';
import { thresholdChart } from './thresholdChart.js';
import { topGChart } from './topGChart.js';
import { trainingChart } from './trainingChart.js';

/** A chart of a run, as the report shows it and as a figure of a paper. */
export interface Chart {
  /** Of its file, without an ending. */
  name: string;
  title: string;
  /** Under the title; what colours and lines mean. */
  caption: Html;
  /** As wide as the page, not half of it. */
  full?: boolean;
  /** @param width in pixels */
  draw(width: number): Html;
}

/** What the charts of a run are drawn from. */
export interface ChartData {
  result: Result;
  /** Scores and labels (1 anomaly, 0 normal, -1 unknown) of the sessions that count. */
  scores: Float64Array;
  labels: Int8Array;
  training: Training | undefined;
  /** What a model of events missed; undefined of others. */
  errors: TemplateErrors[] | undefined;
  /** F1 by top g, of a model that ranks events; undefined where it can't be told. */
  topG: TopGPoint[] | undefined;
  /** Texts of the templates that are known. */
  texts: ReadonlyMap<number, string>;
}

/** The charts that the run's data allow, in the order of the report. */
export function chartsOf(data: ChartData): Chart[] {
  const { result, scores, labels, training, errors, topG, texts } = data;
  const threshold = result.threshold.value;
  const bins = histogram(groupsOf(scores, labels), threshold);
  const judged = result.result.auprc !== null;
  return [
    {
      name: 'scores',
      title: 'Score distribution',
      caption: html`Test sessions by score; the count axis is logarithmic. What is right of the threshold is an alert.`,
      full: true,
      draw: (width) => scoreChart(bins, threshold, width),
    },
    ...(judged ? judgedCharts(result, rank(scores, labels), bins) : []),
    ...(training?.epochs.length ? [lossChart(training)] : []),
    ...(topG ? [sweepChart(topG, result)] : []),
    ...(errors?.length ? [errorChart(errors, texts)] : []),
  ];
}

function judgedCharts(result: Result, ranking: Ranking, bins: Histogram): Chart[] {
  const { name } = result.result;
  return [
    {
      name: 'precision-recall',
      title: 'Precision and recall',
      caption: html`${name} at every threshold; letters are the baselines of the table, dotted lines have equal F1.`,
      draw: (width) => precisionRecallChart(ranking, result, width),
    },
    {
      name: 'roc',
      title: 'ROC',
      caption: html`${name} at every threshold; letters are the baselines of the table, the dotted line is chance.`,
      draw: (width) => rocChart(ranking, result, width),
    },
    {
      name: 'threshold',
      title: 'Threshold',
      caption: html`Precision, recall and F1 at every threshold, which takes the labels to draw.`,
      draw: (width) => thresholdChart(ranking, result.threshold.value, bins.scale, width),
    },
    {
      name: 'confusion',
      title: 'Alerts by label',
      caption: html`Sessions of each label with and without an alert, and their share.`,
      draw: (width) => confusionChart(result.result, width),
    },
  ];
}

function lossChart(training: Training): Chart {
  const kept = training.best === undefined ? '' : `; epoch ${training.best} was kept`;
  return {
    name: 'training',
    title: 'Training',
    caption: html`Loss by epoch${kept}.`,
    draw: (width) => trainingChart(training, width),
  };
}

function sweepChart(points: TopGPoint[], { settings }: Result): Chart {
  const { topG } = (settings as { model: { topG?: unknown } }).model;
  const chosen = typeof topG === 'number' ? topG : undefined;
  return {
    name: 'top-g',
    title: 'Top g',
    caption: html`The share of missed events as the score, for every number of likeliest events that an event has to be among.`,
    draw: (width) => topGChart(points, chosen, width),
  };
}

function errorChart(errors: TemplateErrors[], texts: ChartData['texts']): Chart {
  return {
    name: 'templates',
    title: 'Missed events by template',
    caption: html`The templates whose events the model missed most, as shares of all that it missed.`,
    full: true,
    draw: (width) => templateChart(errors, texts, width),
  };
}

function groupsOf(values: Float64Array, labels: Int8Array): { name: string; scores: Float64Array }[] {
  const names = { normal: 0, anomaly: 1, unlabelled: -1 };
  const groups = Object.entries(names).map(([name, label]) => ({
    name,
    scores: values.filter((_, i) => labels[i] === label),
  }));
  return groups.filter(({ scores }) => scores.length > 0);
}
