// npm run bench memory [-- --steps N --engine NAME --most-growth MB]
// Resident memory over many training steps of a small LogBERT in batches of several lengths: it must stay flat. Ends with 1
// where its second half grows by more than --most-growth.
import { parseArgs } from 'node:util';
import { openEngine } from '../../dist/engine/open.js';
import { Adam } from '../../dist/model/adam.js';
import { DropoutPool } from '../../dist/model/noise.js';
import { createModel } from '../../dist/model/registry.js';
import { openSteps } from '../../dist/model/steps.js';
import { Random } from '../../dist/random.js';

const LENGTHS = [8, 16, 24, 48];
const KEYS = 33;

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      steps: { type: 'string', default: '10000' },
      engine: { type: 'string', default: 'onnx' },
      'most-growth': { type: 'string', default: 'Infinity' },
    },
  });
  const sizes = await residentSizes(await openEngine(values.engine), Number(values.steps));
  const growth = sizes.at(-1) - sizes[sizes.length >> 1];
  if (growth <= Number(values['most-growth'])) return;
  console.log(`The second half of the steps took ${growth.toFixed(0)} MB more.`);
  process.exitCode = 1;
}

/** MB after each tenth of the steps. */
async function residentSizes(engine, count) {
  const settings = { name: 'logbert', hidden: 32, layers: 2, heads: 2, feedForward: 64 };
  const model = await createModel(settings, { vocabularySize: KEYS, seed: 1, rounds: 1 });
  const adam = new Adam(model.parameters(new Random(1, 'parameters')));
  const state = model.state();
  const steps = await openSteps(model, engine, adam);
  const noise = new DropoutPool(1);
  const random = new Random(1, 'bench');
  const sizes = [];
  for (let step = 1; step <= count; step++) {
    const T = LENGTHS[step % LENGTHS.length];
    const rows = Array.from({ length: 8 }, () => Int32Array.from({ length: T - 1 }, () => 5 + random.int(KEYS - 5)));
    const batch = model.trainingBatch(rows, 8, T, random);
    await steps.train({ ...state, ...batch }, { step, rate: 1e-4, noise: noise.at(step) });
    if (step % (count / 10) !== 0) continue;
    sizes.push(process.memoryUsage.rss() / 2 ** 20);
    console.log(`step ${step}: ${sizes.at(-1).toFixed(0)} MB`);
  }
  await steps.settle();
  await steps.dispose();
  return sizes;
}
