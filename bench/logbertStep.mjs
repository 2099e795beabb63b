import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The standard LogBERT on batches of 32 x 24. */
export const STANDARD = { hidden: 256, layers: 4, heads: 4, feedForward: 512, rows: 32, tokens: 24 };

/**
 * One training step and the scoring of one batch of LogBERT on random sequences.
 * @param dist folder of the built program
 * @returns { train, score }, each a function to be timed
 */
export async function logbertStep(dist, engine, { rows, tokens, ...shape }) {
  const load = (path) => import(pathToFileURL(join(dist, path)).href);
  const [{ logbert }, { logbertSettings }, { Random }, { DropoutPool }, { openSteps }] = await Promise.all(
    ['model/logbert/logbert.js', 'model/logbert/settings.js', 'random.js', 'model/noise.js', 'model/steps.js'].map(
      load,
    ),
  );
  const { newTrainingState } = await load('model/trainer.js');
  const { signatureOf } = await load('model/signature.js');
  const model = logbert(logbertSettings.parse(shape), { vocabularySize: 24, seed: 1, rounds: 1 });
  const { adam, state } = newTrainingState(model, 1);
  const fixed = { ...adam.tensors, ...state };
  const steps = await openSteps(model, engine, adam);
  const scoring = engine.compile(model.score, { ...signatureOf(fixed), ...model.scoreInputs }, { fixed });
  const random = new Random('bench');
  const sequences = Array.from({ length: rows }, () =>
    Int32Array.from({ length: tokens - 1 }, () => 5 + random.int(19)),
  );
  const noise = new DropoutPool(1);
  let step = 0;
  return {
    train: () => {
      const batch = model.trainingBatch(sequences, rows, tokens, random);
      return steps.train({ ...state, ...batch }, { step: ++step, rate: 6e-4, noise: noise.at(step) });
    },
    score: () => scoring.run(model.scoringBatch(sequences, rows, tokens, 0)),
  };
}

/** Median milliseconds of each function over some rounds in which they take turns, after three to warm up. */
export async function medians(functions, rounds) {
  const times = Object.fromEntries(Object.keys(functions).map((name) => [name, []]));
  for (let i = -3; i < rounds; i++) {
    for (const [name, run] of Object.entries(functions)) {
      const started = performance.now();
      await run();
      if (i >= 0) times[name].push(performance.now() - started);
    }
  }
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}
