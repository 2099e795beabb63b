import { writeFile } from 'node:fs/promises';
import { partOf } from '../config/parts.js';
import type { Settings } from '../config/schema.js';
import { loadSessions, type Sessions, TEST } from '../data/sessions.js';
import { UserError } from '../error.js';
import { readEvents } from '../parse/events/eventReader.js';
import type { Progress } from '../progress.js';
import { commandFor } from '../run/artefacts.js';
import type { ArtefactName, RunFolder } from '../run/folder.js';
import { evaluate } from './evaluation.js';
import { firstMisses } from './firstMiss.js';
import { integer, type Result } from './result.js';
import { readScores, type Scores } from './scores.js';
import { sessionsIn } from './select.js';
import { readTraining } from './training.js';

/**
 * Chooses the threshold, judges the model beside the trivial baselines and writes result.json and report.html.
 * @returns what result.json holds
 * @throws UserError when scores are missing or not usable, or the run has no test sessions
 */
export async function evaluateRun(settings: Settings, run: RunFolder, progress: Progress): Promise<Result> {
  const task = progress.task('Evaluating', 3, { unit: 'steps' });
  const sessions = await loadSessions(run);
  task.update(1, 'scores');
  const scores = await scoresOf(settings, run, sessions, progress);
  task.update(2, 'baselines');
  const own = settings.evaluate.scores === undefined;
  const training = own && run.has('training') ? await readTraining(await run.require('training')) : undefined;
  const evaluation = evaluate(settings, sessions, scores, {
    own: training?.threshold,
    days: await testDays(run, sessions),
  });
  if (training?.epochs.length && run.has('eventScores')) {
    const path = await run.require('eventScores');
    evaluation.result.firstMiss = await firstMisses(path, sessions, scores, evaluation);
  }
  task.update(3, 'report');
  // The charts load slowly, and most users of this module want figures.
  const { buildReport } = await import('./report/report.js');
  const report = await buildReport(run, { ...evaluation, sessions, scores, training });
  const from: ArtefactName[] = own ? ['scores', 'sessions'] : ['sessions'];
  await run.writeAll(['result', 'report'], { from, settings: partOf('evaluate', settings) }, async (tmp) => {
    await writeFile(tmp('result'), `${JSON.stringify(evaluation.result, null, 2)}\n`);
    await writeFile(tmp('report'), report);
  });
  task.finish();
  return evaluation.result;
}

/** Days from the first to the last event of the test sessions; undefined where events have no times. */
async function testDays(run: RunFolder, { splits, offsets, rows }: Sessions): Promise<number | undefined> {
  if (!rows || !run.has('events')) return undefined;
  const ofTest = new Set<number>();
  splits.forEach((split, i) => {
    if (split === TEST) for (let at = offsets[i]; at < offsets[i + 1]; at++) ofTest.add(rows[at]);
  });
  let [first, last] = [Infinity, -Infinity];
  for await (const { start, time } of readEvents(await run.require('events'), ['time'])) {
    time.forEach((moment, i) => {
      if (Number.isNaN(moment) || !ofTest.has(start + i)) return;
      first = Math.min(first, moment);
      last = Math.max(last, moment);
    });
  }
  return last > first ? (last - first) / DAY : undefined;
}

const DAY = 86_400_000;

/** The run's own scores or, when the settings name a file, anyone's. */
async function scoresOf(settings: Settings, run: RunFolder, sessions: Sessions, progress: Progress): Promise<Scores> {
  const others = settings.evaluate.scores;
  const path = others ?? (await run.require('scores'));
  const scores = await readScores(path, sessions.ids);
  const missing = missingScores(path, sessions, scores);
  if (missing) throw new UserError(missing, others === undefined ? { next: commandFor('scores', run.dir) } : {});
  if (scores.strangers > 0) {
    const rows =
      scores.strangers === 1 ? '1 row is for a session' : `${integer(scores.strangers)} rows are for sessions`;
    progress.note(`${path}: ${rows} that the run doesn't have.`);
  }
  return scores;
}

function missingScores(path: string, sessions: Sessions, { values }: Scores): string | undefined {
  const test = sessionsIn(sessions, TEST);
  const missing = test.filter((i) => Number.isNaN(values[i]));
  if (missing.length === 0) return undefined;
  const example = JSON.stringify(sessions.ids[missing[0]]);
  return `${path} has no score for ${integer(missing.length)} of ${integer(test.length)} test sessions, such as ${example}.`;
}
