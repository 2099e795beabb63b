// npm run bench deeplog [-- --rounds N] [--threads N] [--python PATH]
// DeepLog (2 x 64, window 10, batch 2,048): a training step and a forward pass, ours beside PyTorch's, in turn.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { pythonWithTorch } from '../torch.mjs';

const SHAPE = { vocabulary: 33, batch: 2048, window: 10 };
const STEPS = 20;

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      threads: { type: 'string', default: String(availableParallelism()) },
      python: { type: 'string' },
    },
  });
  const threads = Number(values.threads);
  const python = values.python ?? pythonWithTorch();
  const step = await ours(threads);
  const best = { ours: {}, theirs: {} };
  for (let round = 0; round < Number(values.rounds); round++) {
    keepFastest(best.ours, { train: await fastest(step.train), score: await fastest(step.score) });
    keepFastest(best.theirs, peer(python, threads));
  }
  console.log(`${threads} threads, the fastest step of ${values.rounds} rounds; windows a second`);
  for (const what of ['train', 'score']) {
    const [a, b] = [best.ours[what], best.theirs[what]];
    const rate = (ms) => Math.round((1000 * SHAPE.batch) / ms).toLocaleString('en');
    console.log(
      `${what}: logbert ${rate(a)} (${a.toFixed(1)} ms), PyTorch ${rate(b)} (${b.toFixed(1)} ms), ratio ${(b / a).toFixed(2)}`,
    );
  }
}

function keepFastest(best, times) {
  for (const what of ['train', 'score']) best[what] = Math.min(best[what] ?? Number.POSITIVE_INFINITY, times[what]);
}

function peer(python, threads) {
  const script = new URL('peer.py', import.meta.url).pathname;
  const given = [SHAPE.vocabulary, SHAPE.batch, SHAPE.window, threads, STEPS].map(String);
  return JSON.parse(execFileSync(python, [script, ...given], { encoding: 'utf8' }));
}

async function ours(threads) {
  const load = (path) => import(`../../dist/${path}.js`);
  const { deeplog } = await load('model/deeplog/deeplog');
  const { deeplogSettings } = await load('model/deeplog/settings');
  const { openEngine } = await load('engine/open');
  const { newTrainingState } = await load('model/trainer');
  const { signatureOf } = await load('model/signature');
  const { openSteps } = await load('model/steps');
  const { Random } = await load('random');
  const { vocabulary, batch, window } = SHAPE;
  const settings = deeplogSettings.parse({ window });
  const model = deeplog(settings, { vocabularySize: vocabulary, seed: 1, rounds: 1, texts: [] });
  const { adam } = newTrainingState(model, 1);
  const engine = await openEngine('onnx', { threads });
  const steps = await openSteps(model, engine, adam);
  const scoring = engine.compile(
    model.score,
    { ...signatureOf(adam.tensors), ...model.scoreInputs },
    { fixed: adam.tensors },
  );
  const random = new Random(1);
  const row = () => Int32Array.from({ length: window + 1 }, () => 5 + random.int(vocabulary - 5));
  const rows = Array.from({ length: batch }, row);
  let step = 0;
  return {
    train: () => steps.train(model.trainingBatch(rows, batch, window, random), { step: ++step, rate: 1e-3 }),
    score: () => scoring.run(model.scoringBatch(rows, batch, window, 0)),
  };
}

async function fastest(run) {
  const times = [];
  for (let i = 0; i < STEPS; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}
