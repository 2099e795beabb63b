import { readFileSync } from 'node:fs';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { EXCLUDED, loadSessions, type Sessions, sequencesOf, TRAIN } from '../../src/data/sessions.js';
import { explainSession } from '../../src/explain/explain.js';
import { exportRun } from '../../src/export/export.js';
import { scoreFiles } from '../../src/export/scoreFiles.js';
import { calibrate, calibrationFrom, loadCalibration } from '../../src/model/mix.js';
import { createDetector } from '../../src/model/registry.js';
import { detectorScorer } from '../../src/model/sessionScorer.js';
import { Tail } from '../../src/model/tail.js';
import { silent } from '../../src/progress.js';
import { runStage } from '../../src/run/pipeline.js';
import { madeRun } from '../export/run.js';

async function fitted(sessions: Sessions) {
  const detector = await createDetector({ name: 'pca' }, { seed: 1 });
  return detector.open(detector.fit({ train: sequencesOf(sessions, TRAIN), validation: [] }));
}

describe('a mix of scores', () => {
  const made = madeRun({ predict: { rounds: 2, score: 'mix', mix: ['peak', 'nll', 'count-vector'] } });
  const calibration = async () => loadCalibration(await made.run.require('calibration'), '');
  const rows = async () => {
    const text = readFileSync(await made.run.require('scores'), 'utf8');
    return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
  };

  it('sums how rare each part is among normal sequences that were not learnt', async () => {
    const { parts } = await calibration();
    expect(parts.map(({ name }) => name)).toEqual(['peak', 'nll', 'count-vector']);
    const validation = new Map<string, number>();
    for (const row of await rows()) if (row.split === 'validation') validation.set(row.sequence, Number(row.peak));
    const ascending = [...validation.values()].sort((a, b) => a - b);
    expect(parts[0].values).toHaveLength(ascending.length);
    // Rounding differs with the company that a sequence is scored in.
    parts[0].values.forEach((value, i) => void expect(value).toBeCloseTo(ascending[i], 5));
    const [peak, nll] = parts.map(({ values }) => new Tail(values));
    const beside = (await rows()).map((row) => {
      expect(row.score).toBe(row.mix);
      return Number(row.mix) - peak.surprise(Number(row.peak)) - nll.surprise(Number(row.nll));
    });
    // What is left is the detector's part, which is no less than 0 and tells sessions apart.
    expect(Math.min(...beside)).toBeGreaterThan(-1e-9);
    expect(Math.max(...beside)).toBeGreaterThan(Math.min(...beside) + 1);
  });

  it('is explained with the run, and goes into its bundle', async () => {
    const [first] = (await rows()).filter(({ split }) => split === 'test');
    const explained = await explainSession(made.settings, made.run, first.id, silent);
    expect(explained.score).toEqual({ name: 'mix', value: expect.closeTo(Number(first.mix), 4) });
    const { path } = await exportRun(made.run, { format: 'bundle' });
    const { sessions, threshold } = await scoreFiles(path, [made.log], { name: 'auto', onFailure: 'stop' }, silent);
    expect(threshold.score).toBe('mix');
    expect(sessions.find(({ id }) => id === first.id)?.scores.mix).toBeCloseTo(Number(first.mix), 3);
  });

  it('has no graph, which the message says', async () => {
    await expect(exportRun(made.run, { format: 'onnx' })).rejects.toThrow(
      'The score mix of the model logbert can be exported as a bundle only.',
    );
  });

  it('refuses a part that is neither a score nor a detector, and a file that is no calibration', async () => {
    const { predict } = made.settings;
    const odd = { ...made.settings, predict: { ...predict, mix: ['guess'] } };
    await expect(runStage('predict', odd, made.run, silent)).rejects.toMatchObject({
      message: expect.stringContaining(
        'Unknown part guess of the mix: expected improbable, peak, nll, entropy, misses, distance, a detector.',
      ),
      exitCode: 2,
    });
    expect(() => calibrationFrom('{"format":"other"}', 'x.json', '')).toThrow("The calibration x.json can't be used");
  });

  it('refuses the score of a detector that learnt from the validation sessions, and to fit one to next to nothing', async () => {
    const sessions = await loadSessions(made.run);
    const detector = detectorScorer('pca', await fitted(sessions));
    await expect(calibrate(detector, sessions, ['spe'], 1)).rejects.toThrow(
      'Unknown part spe of the mix: expected a detector.',
    );
    const { parts } = await calibrate(detector, sessions, ['count-vector'], 1);
    expect(parts[0].values.length).toBeGreaterThan(5);
    const few = sessions.splits.map((split) => (split === TRAIN ? EXCLUDED : split));
    await expect(calibrate(detector, { ...sessions, splits: few }, ['count-vector'], 1)).rejects.toThrow(
      'A detector in a mix needs 5 training sessions, and there are 0.',
    );
  });

  it('is gone, with its file, when it is no longer asked for', async () => {
    await runStage(
      'predict',
      { ...made.settings, predict: { ...made.settings.predict, mix: [], score: 'peak' } },
      made.run,
      silent,
    );
    expect(made.run.has('calibration')).toBe(false);
    expect((await rows())[0]).not.toHaveProperty('mix');
  });
});
