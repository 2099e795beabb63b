// The same sessions of a run scored by the toolkit and by everything that an export can be loaded with.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { python, run } from '../environments.mjs';
import { tfjsNodeFolder } from '../tfjsNodeFolder.mjs';
import { inBrowser } from './browser.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const dist = (path) => import(new URL(`../../dist/${path}`, import.meta.url));
const BATCH = 32;

/** Everything that scores; each takes the folder of exports and the batches, and gives outputs by batch. */
export const SIDES = {
  'ONNX Runtime, Python': (exports, work) =>
    scoredByPython('onnx', 'score_onnx.py', join(exports, 'onnx/model.onnx'), work),
  'ONNX fp16 weights, Python': (exports, work) =>
    scoredByPython('onnx', 'score_onnx.py', join(exports, 'onnx/model.fp16.onnx'), work),
  'ONNX int8, Python': (exports, work) =>
    scoredByPython('onnx', 'score_onnx.py', join(exports, 'onnx/model.int8.onnx'), work),
  'TensorFlow SavedModel, Python': (exports, work) =>
    scoredByPython('tensorflow', 'score_savedmodel.py', join(exports, 'savedmodel'), work),
  'TensorFlow SavedModel, tfjs-node': (exports, work) => scoredByTfjsNode(join(exports, 'savedmodel'), work),
  'TensorFlow.js, Node': (exports, work) => scoredByNode(join(exports, 'tfjs'), work),
  'TensorFlow.js, Chromium': (exports, work) =>
    inBrowser(
      here('page.html'),
      { '/model/': join(exports, 'tfjs'), '/batches.json': readFileSync(join(work, 'batches.json')) },
      { query: '?backend=wasm' },
    ),
};

function scoredByPython(environment, script, model, work) {
  const results = join(work, 'results.json');
  run(python(environment), [here(script), model, join(work, 'batches.json'), results]);
  return JSON.parse(readFileSync(results, 'utf8'));
}

function scoredByTfjsNode(model, work) {
  const results = join(work, 'results.json');
  const folder = tfjsNodeFolder('cpu', { logbert: false });
  run(process.execPath, [here('scoreSavedModel.mjs'), folder, model, join(work, 'batches.json'), results]);
  return JSON.parse(readFileSync(results, 'utf8'));
}

async function scoredByNode(folder, work) {
  const results = join(work, 'results.json');
  run(process.execPath, [here('scoreTfjs.mjs'), folder, join(work, 'batches.json'), results]);
  return JSON.parse(readFileSync(results, 'utf8'));
}

/**
 * The first test sessions of a run, and what the toolkit says of them.
 * @returns distinct sequences of keys, how many sessions each stands for, and the toolkit's outputs for each
 */
export async function toolkitScores(dir, count) {
  const { RunFolder } = await dist('run/folder.js');
  const { readTrainedRun } = await dist('export/trainedRun.js');
  const { servedGraph } = await dist('export/servedGraph.js');
  const { loadSessions, TEST } = await dist('data/sessions.js');
  const { distinctSequences } = await dist('data/distinct.js');
  const { modelOf } = await dist('model/trained.js');
  const { Scorer } = await dist('model/scorer.js');
  const { openEngine } = await dist('engine/open.js');
  const { silent } = await dist('progress.js');
  const run = await RunFolder.open(dir, { readOnly: true });
  const trainedRun = await readTrainedRun(run);
  const { trained, pipeline } = trainedRun;
  const { served, keyOf } = await servedGraph(trainedRun);
  const sessions = await loadSessions(run);
  const fits = (i) => sessions.offsets[i + 1] - sessions.offsets[i] <= (served.maxEvents ?? Number.POSITIVE_INFINITY);
  const chosen = new Set(
    Array.from(sessions.splits.keys())
      .filter((i) => sessions.splits[i] === TEST && fits(i))
      .slice(0, count),
  );
  const { sequences, counts } = distinctSequences(sessions, (i) => chosen.has(i));
  const model = await modelOf(trained, '');
  const scorer = new Scorer(model, await openEngine('auto', {}), trained.checkpoint);
  const encoded = sequences.map((sequence) => sequence.map(keyOf));
  const tallies = await scorer.score(encoded, silent);
  await scorer.dispose();
  return {
    sessions: chosen.size,
    score: pipeline.threshold.score,
    sequences: encoded.map((keys) => Array.from(keys)),
    counts: Array.from(counts),
    outputs: tallies.map((tally) => outputsOf(tally, model.summarize(tally), pipeline.threshold.score, served)),
  };
}

function outputsOf({ length, masked, misses, surprise }, scores, score, { end }) {
  const units = Array.from({ length: length + (end ? 1 : 0) }, (_, i) => i);
  const mean = (sums) => units.map((i) => (masked[i] === 0 ? 0 : sums[i] / masked[i]));
  return {
    score: scores[score],
    negative_log_likelihood: mean(surprise),
    top_g_miss: mean(misses),
    ...(scores.distance === undefined ? {} : { distance: scores.distance }),
  };
}

/** Writes batches.json: sequences of about one length together, padded with zeros. */
export function writeBatches(sequences, work) {
  const order = sequences.map((_, i) => i).sort((a, b) => sequences[a].length - sequences[b].length);
  const members = Array.from({ length: Math.ceil(order.length / BATCH) }, (_, i) =>
    order.slice(i * BATCH, (i + 1) * BATCH),
  );
  const batches = members.map((batch) => {
    const longest = Math.max(...batch.map((i) => sequences[i].length));
    const filled = (i, value) => [...value(sequences[i]), ...Array(longest - sequences[i].length).fill(0)];
    return {
      keys: batch.map((i) => filled(i, (keys) => keys)),
      mask: batch.map((i) => filled(i, (keys) => keys.map(() => 1))),
    };
  });
  writeFileSync(join(work, 'batches.json'), JSON.stringify(batches));
  return members;
}

/** The largest difference of each output over all sequences. */
export function differences({ outputs }, members, { batches }) {
  const worst = {};
  members.forEach((batch, b) => {
    batch.forEach((sequence, row) => {
      for (const [name, expected] of Object.entries(outputs[sequence])) {
        const found = [batches[b][name][row]].flat();
        [expected].flat().forEach((value, i) => {
          const difference = Math.abs(value - found[i]);
          // What isn't a number differs from everything.
          if (!(difference <= (worst[name] ?? 0))) worst[name] = difference;
        });
        worst[name] ??= 0;
      }
    });
  });
  return worst;
}
