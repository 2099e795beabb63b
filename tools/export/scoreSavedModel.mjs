// Scores the batches of a JSON file with a SavedModel in native TensorFlow.js:
// node scoreSavedModel.mjs FOLDER_WITH_TFJS_NODE MODEL BATCHES RESULTS
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, path, batches, results] = process.argv.slice(2);
const tf = createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node');
const model = await tf.node.loadSavedModel(path);
const found = JSON.parse(readFileSync(batches, 'utf8')).map(({ keys, mask }) => {
  const inputs = { keys: tf.tensor2d(keys, undefined, 'int32'), mask: tf.tensor2d(mask, undefined, 'int32') };
  const { log_probabilities: _large, ...outputs } = model.predict(inputs);
  return Object.fromEntries(Object.entries(outputs).map(([name, y]) => [name, y.arraySync()]));
});
writeFileSync(
  results,
  JSON.stringify({ about: `@tensorflow/tfjs-node ${tf.version['tfjs-node'] ?? tf.version.tfjs}`, batches: found }),
);
