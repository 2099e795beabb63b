// Called by run.mjs in a process of its own: node step.mjs FOLDER STEPS
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { plainStep } from './plain.mjs';

const [folder, steps] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(folder, 'node_modules/logbert/dist', path)).href);
const [B, T, V] = [32, 24, 24];

const engine = await (await load('engine/open.js')).openEngine('tfjs-node');
const tf = createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node');
await tf.setBackend('tensorflow');
const plain = plainStep(tf, { V, D: 256, H: 4, F: 512, layers: 4, B, T, dropout: 0.1 });
const ours = await ourStep();
const times = { ours: [], plain: [] };
for (let i = -3; i < Number(steps); i++) {
  for (const [name, step] of Object.entries({ ours, plain })) {
    const started = performance.now();
    await step();
    if (i >= 0) times[name].push(performance.now() - started);
  }
}
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
const { description } = engine;
console.log(JSON.stringify({ description, ours: median(times.ours), plain: median(times.plain) }));

async function ourStep() {
  const [{ differentiate, gradientOf }, { logbert }, { logbertSettings }, { Random }, { DropoutPool }] =
    await Promise.all(
      [
        'engine/differentiate.js',
        'model/logbert/logbert.js',
        'model/logbert/settings.js',
        'random.js',
        'model/noise.js',
      ].map(load),
    );
  const { newTrainingState } = await load('model/trainer.js');
  const { signatureOf } = await load('model/signature.js');
  const model = logbert(logbertSettings.parse({}), { vocabularySize: V, seed: 1, rounds: 1 });
  const { adam, state } = newTrainingState(model, 1);
  const signature = { ...signatureOf(adam.tensors), ...signatureOf(state), ...model.lossInputs };
  const step = engine.compile(differentiate(model.loss, 'loss', adam.names), signature, { train: true });
  const random = new Random('bench');
  const sequences = Array.from({ length: B }, () => Int32Array.from({ length: T - 1 }, () => 5 + random.int(V - 5)));
  const noise = new DropoutPool(1);
  let count = 0;
  return async () => {
    const batch = model.trainingBatch(sequences, B, T, random);
    const outputs = await step.run({ ...adam.tensors, ...state, ...batch }, noise.at(++count));
    adam.step((name) => outputs[gradientOf(name)], 6e-4, count);
  };
}
