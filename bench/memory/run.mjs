// npm run bench memory [-- --steps N]
// Resident memory over many training steps of a small LogBERT in batches of several lengths: it must stay flat.
import { parseArgs } from 'node:util';
import { differentiate, gradientOf } from '../../dist/engine/differentiate.js';
import { openEngine } from '../../dist/engine/open.js';
import { Adam } from '../../dist/model/adam.js';
import { DropoutPool } from '../../dist/model/noise.js';
import { createModel } from '../../dist/model/registry.js';
import { signatureOf } from '../../dist/model/signature.js';
import { Random } from '../../dist/random.js';

const LENGTHS = [8, 16, 24, 48];
const KEYS = 33;

export async function main(args) {
  const { values } = parseArgs({ args, options: { steps: { type: 'string', default: '10000' } } });
  const steps = Number(values.steps);
  const settings = { name: 'logbert', hidden: 32, layers: 2, heads: 2, feedForward: 64 };
  const model = await createModel(settings, { vocabularySize: KEYS, seed: 1, rounds: 1 });
  const adam = new Adam(model.parameters(new Random(1, 'parameters')));
  const state = model.state();
  const engine = await openEngine('onnx');
  const signature = { ...signatureOf(adam.tensors), ...signatureOf(state), ...model.lossInputs };
  const step = engine.compile(differentiate(model.loss, 'loss', adam.names), signature, { train: true });
  const noise = new DropoutPool(1);
  const random = new Random(1, 'bench');
  for (let n = 1; n <= steps; n++) {
    const T = LENGTHS[n % LENGTHS.length];
    const rows = Array.from({ length: 8 }, () => Int32Array.from({ length: T - 1 }, () => 5 + random.int(KEYS - 5)));
    const batch = model.trainingBatch(rows, 8, T, random);
    const outputs = await step.run({ ...adam.tensors, ...state, ...batch }, noise.at(n));
    adam.step((name) => outputs[gradientOf(name)], 1e-4, n);
    if (n % (steps / 10) === 0) console.log(`step ${n}: ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB`);
  }
  await step.dispose();
}
