// Scores the batches of a JSON file with a TensorFlow.js GraphModel:  node scoreTfjs.mjs FOLDER BATCHES RESULTS
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

const [folder, batches, results] = process.argv.slice(2);
const NAMES = ['score', 'negative_log_likelihood', 'top_g_miss', 'distance'];
tf.enableProdMode();
await tf.setBackend('wasm');

const { weightsManifest, ...artifacts } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
const [{ paths, weights }] = weightsManifest;
const bytes = Buffer.concat(paths.map((path) => readFileSync(join(folder, path))));
const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const model = await tf.loadGraphModel({ load: async () => ({ ...artifacts, weightSpecs: weights, weightData }) });

const names = NAMES.filter((name) => Object.hasOwn(artifacts.signature.outputs, name));
const found = [];
for (const { keys, mask } of JSON.parse(readFileSync(batches, 'utf8'))) {
  const inputs = { keys: tf.tensor2d(keys, undefined, 'int32'), mask: tf.tensor2d(mask, undefined, 'int32') };
  const outputs = model.execute(inputs, names);
  found.push(Object.fromEntries(outputs.map((y, i) => [names[i], y.arraySync()])));
  tf.dispose([outputs, Object.values(inputs)]);
}
writeFileSync(
  results,
  JSON.stringify({ about: `TensorFlow.js ${tf.version.tfjs}, wasm, Node ${process.version}`, batches: found }),
);
