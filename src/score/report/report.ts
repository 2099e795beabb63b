import type { Sessions } from '../../data/sessions.js';
import type { RunFolder } from '../../run/folder.js';
import type { Evaluation } from '../evaluation.js';
import type { Scores } from '../scores.js';
import { select } from '../select.js';
import { templateErrors } from '../templateErrors.js';
import { topGSweep } from '../topG.js';
import type { Training } from '../training.js';
import { templateTexts, topAnomalies } from './anomalies.js';
import { anomalySection } from './anomalySection.js';
import { type ChartData, chartsOf } from './charts.js';
import { page } from './page.js';

/** What a report is made of, besides what lies in the run folder. */
export interface ReportInput extends Evaluation {
  sessions: Sessions;
  scores: Scores;
  /** The training of what made the scores, if it is the run's own model. */
  training: Training | undefined;
}

/** The report as HTML, a few hundred kB however many sessions there are. */
export async function buildReport(run: RunFolder, input: ReportInput): Promise<string> {
  const charts = chartsOf(await chartData(run, input));
  return page(input.result, charts, anomalySection(await topAnomalies(run, input.sessions, input.scores, input)));
}

/** What the charts of an evaluated run are drawn from. */
export async function chartData(
  run: RunFolder,
  input: Pick<ReportInput, 'result' | 'scores' | 'training' | 'counted' | 'labels'>,
): Promise<ChartData> {
  const { result, scores, training, counted, labels } = input;
  const ofModel = training !== undefined && training.epochs.length > 0 && run.has('eventScores');
  const events = ofModel ? await run.require('eventScores') : undefined;
  return {
    result,
    scores: select(scores.values, counted),
    labels: select(labels, counted),
    training,
    errors: events === undefined ? undefined : await templateErrors(events, scores, input),
    topG: events === undefined ? undefined : await topGSweep(events, scores, input),
    texts: await templateTexts(run),
  };
}
