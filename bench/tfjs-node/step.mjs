// Called by run.mjs in a process of its own: node step.mjs FOLDER STEPS
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { logbertStep, medians, STANDARD } from '../logbertStep.mjs';
import { plainStep } from './plain.mjs';

const [folder, steps] = process.argv.slice(2);
const dist = join(folder, 'node_modules/logbert/dist');
const engine = await (await import(pathToFileURL(join(dist, 'engine/open.js')).href)).openEngine('tfjs-node');
const tf = createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node');
await tf.setBackend('tensorflow');
const plain = plainStep(tf, { V: 24, D: 256, H: 4, F: 512, layers: 4, B: 32, T: 24, dropout: 0.1 });
const { train } = await logbertStep(dist, engine, STANDARD);
console.log(
  JSON.stringify({ description: engine.description, ...(await medians({ ours: train, plain }, Number(steps))) }),
);
