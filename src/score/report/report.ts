import type { Sessions } from '../../data/sessions.js';
import type { RunFolder } from '../../run/folder.js';
import type { Evaluation } from '../evaluation.js';
import { rank } from '../metrics.js';
import type { Scores } from '../scores.js';
import { select } from '../select.js';
import type { Training } from '../training.js';
import { topAnomalies } from './anomalies.js';
import { anomalySection } from './anomalySection.js';
import { histogram } from './histogram.js';
import { type Html, html } from './html.js';
import { page } from './page.js';
import { precisionRecallChart } from './precisionRecallChart.js';
import { scoreChart } from './scoreChart.js';
import { trainingChart } from './trainingChart.js';

/** What a report is made of, besides what lies in the run folder. */
export interface ReportInput extends Evaluation {
  sessions: Sessions;
  scores: Scores;
  /** The training of what made the scores, if it is the run's own model. */
  training: Training | undefined;
}

/** Widths in pixels that a chart is drawn for: over the page, in half of it, on a phone. */
const PAGE = 1036;
const HALF = 500;
const PHONE = 340;

/** The report as HTML, a few hundred kB however many sessions there are. */
export async function buildReport(run: RunFolder, input: ReportInput): Promise<string> {
  const { result, detector, sessions, scores, training } = input;
  const values = select(detector.scores, input.counted);
  const labels = select(input.labels, input.counted);
  const bins = histogram(groupsOf(values, labels), detector.threshold.value);
  const ranking = rank(values, labels);
  const judged = result.result.auprc !== null;
  return page(result, {
    scores: drawTwice(PAGE, (width) => scoreChart(bins, detector.threshold.value, width)),
    precisionRecall: judged ? drawTwice(HALF, (width) => precisionRecallChart(ranking, result, width)) : undefined,
    training: training?.epochs.length
      ? { chart: drawTwice(HALF, (width) => trainingChart(training, width)), best: training.best }
      : undefined,
    anomalies: anomalySection(await topAnomalies(run, sessions, scores, input)),
  });
}

/** A chart for the screen's width and one for a phone's, since text that shrinks with its chart can't be read. */
function drawTwice(width: number, draw: (width: number) => Html): Html {
  return html`<div class="wide">${draw(width)}</div><div class="narrow">${draw(PHONE)}</div>`;
}

function groupsOf(values: Float64Array, labels: Int8Array): { name: string; scores: Float64Array }[] {
  const names = { normal: 0, anomaly: 1, unlabelled: -1 };
  const groups = Object.entries(names).map(([name, label]) => ({
    name,
    scores: values.filter((_, i) => labels[i] === label),
  }));
  return groups.filter(({ scores }) => scores.length > 0);
}
