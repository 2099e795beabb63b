// One measurement of logbert's side, as JSON: node ours.mjs logbert|deeplog|scoring [KEY FILES...]. See run.mjs.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { openEngine } from '../../dist/engine/open.js';
import { Adam } from '../../dist/model/adam.js';
import { DropoutPool } from '../../dist/model/noise.js';
import { createModel } from '../../dist/model/registry.js';
import { Scorer } from '../../dist/model/scorer.js';
import { signatureOf } from '../../dist/model/signature.js';
import { openSteps } from '../../dist/model/steps.js';
import { silent } from '../../dist/progress.js';
import { Random } from '../../dist/random.js';

const KEYS = 33;
const SPECIALS = 5;
/** Rows, length, and what one row counts as. */
const SHAPES = { logbert: { B: 32, T: 24, steps: 40 }, deeplog: { B: 2048, T: 10, steps: 25 } };

const [what, ...files] = process.argv.slice(2);
const engine = await openEngine('onnx');
const random = new Random(1, 'bench');
const result = what === 'scoring' ? await scoring() : await steps(what, SHAPES[what]);
console.log(JSON.stringify({ ...result, engine: engine.description, rss: process.resourceUsage().maxRSS / 1024 }));
process.exit(0);

/** Medians of a training step and of a scoring batch, milliseconds. */
async function steps(name, { B, T, steps }) {
  const model = await modelOf(name);
  const adam = new Adam(model.parameters(new Random(1, 'parameters')));
  const state = model.state();
  const sequences = Array.from({ length: B }, () => keys(name === 'logbert' ? T - 1 : T + 1));
  const rows = sequences.map((sequence) => (name === 'logbert' ? sequence : [...model.cut(sequence)].at(-1)));
  const signature = { ...signatureOf(adam.tensors), ...signatureOf(state) };
  const training = await openSteps(model, engine, adam);
  const noise = new DropoutPool(1);
  let step = 0;
  const train = await median(steps, () => {
    const batch = model.trainingBatch(rows, B, T, random);
    return training.train({ ...state, ...batch }, { step: ++step, rate: 1e-4, noise: noise.at(step) });
  });
  const forwards = {};
  for (const precision of ['fp32', 'int8']) {
    const fixed = { ...adam.tensors, ...state };
    const score = engine.compile(model.score, { ...signature, ...model.scoreInputs }, { fixed, precision });
    forwards[precision] = await median(steps, () => score.run(model.scoringBatch(rows, B, T, 0)));
  }
  return { train, forward: forwards.fp32, int8: forwards.int8 };
}

/** Distinct sequences of key files a second, one round of masks. */
async function scoring() {
  const lines = new Set(files.flatMap((file) => gunzipSync(readFileSync(file)).toString().trim().split('\n')));
  const sequences = [...lines].map((line) =>
    Int32Array.from(line.trim().split(/\s+/), (key) => SPECIALS + (Number(key) % 28)),
  );
  const model = await modelOf('logbert');
  const trained = { parameters: model.parameters(new Random(1, 'parameters')), state: model.state() };
  const rates = {};
  for (const precision of ['fp32', 'int8']) {
    const scorer = new Scorer(model, engine, trained, precision);
    const started = performance.now();
    await scorer.score(sequences, silent);
    rates[precision] = sequences.length / ((performance.now() - started) / 1000);
    await scorer.dispose();
  }
  return rates;
}

function modelOf(name) {
  return createModel({ name }, { vocabularySize: KEYS, seed: 1, rounds: 1 });
}

function keys(length) {
  return Int32Array.from({ length }, () => SPECIALS + random.int(KEYS - SPECIALS));
}

async function median(count, run) {
  const times = [];
  for (let i = 0; i < count + 5; i++) {
    const started = performance.now();
    await run();
    if (i >= 5) times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[count >> 1];
}
