// Small models on an engine and on onnx: one step's loss and gradients, scores, and the losses of a training.
// Called by other checks, in a process of its own:   node tools/engineParity.mjs DIST ENGINE TOLERANCE [EPOCHS]
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, name, tolerance, epochs = '7'] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const [{ openEngine }, { differentiate }, { createModel }, { Random }, { DropoutPool }, { allRows, cutIntoRows }] =
  await Promise.all(
    [
      'engine/open.js',
      'engine/differentiate.js',
      'model/registry.js',
      'random.js',
      'model/noise.js',
      'model/rows.js',
    ].map(load),
  );
const { newTrainingState, Trainer } = await load('model/trainer.js');
const { Scorer } = await load('model/scorer.js');
const { signatureOf } = await load('model/signature.js');
const { Vocabulary } = await load('data/vocabulary.js');

const KEYS = 30;
const MODELS = [
  { name: 'logbert', hidden: 64, layers: 2, feedForward: 96, maxLength: 64, ends: 2 },
  { name: 'deeplog', window: 4, hidden: 32 },
];
const quiet = { task: () => ({ update() {}, finish() {} }), note() {} };
const random = new Random('parity');
const sequences = Array.from({ length: 64 }, () =>
  Int32Array.from({ length: 3 + random.int(20) }, () => Vocabulary.SPECIALS + random.int(KEYS)),
);

const [own, standard] = [await openEngine(name), await openEngine('onnx')];
console.log(`     ${name}: ${own.description}`);
for (const settings of MODELS) {
  const model = await createModel(settings, { vocabularySize: Vocabulary.SPECIALS + KEYS, seed: 7, rounds: 4 });
  const rows = allRows(cutIntoRows(sequences, model.cut)).slice(0, 64);
  await compareStep(settings.name, model, rows);
  await compareScores(settings.name, model);
  await compareTraining(settings.name, model, rows);
}

/** Loss and every gradient of one step, dropout included. */
async function compareStep(what, model, rows) {
  const { adam, state } = newTrainingState(model, 1);
  for (const { data } of Object.values(state)) data.fill(0.3);
  const signature = { ...signatureOf(adam.tensors), ...signatureOf(state), ...model.lossInputs };
  const step = differentiate(model.loss, 'loss', adam.names);
  const inputs = { ...adam.tensors, ...state, ...model.trainingBatch(rows.slice(0, 8), 8, 26, new Random(2)) };
  const run = (engine) => engine.compile(step, signature, { train: true }).run(inputs, new DropoutPool(4).at(1));
  compare(`${what}: loss and gradients`, await run(own), await run(standard));
}

async function compareScores(what, model) {
  const { adam, state } = newTrainingState(model, 5);
  const run = async (engine) => {
    const scorer = new Scorer(model, engine, { parameters: adam.tensors, state });
    const found = (await scorer.score(sequences.slice(0, 16), quiet)).map(model.summarize);
    // What is counted above a limit may tip over: only the continuous scores are alike.
    return Object.fromEntries(['peak', 'nll'].map((score) => [score, { data: found.map((all) => all[score]) }]));
  };
  compare(`${what}: scores`, await run(own), await run(standard));
}

/** About 8 steps an epoch: the losses. */
async function compareTraining(what, model, rows) {
  const settings = { epochs: Number(epochs), patience: 9, batch: 8, learningRate: 1e-3, warmup: 10, seed: 3 };
  const run = async (engine) => {
    const state = newTrainingState(model, settings.seed);
    const trainer = new Trainer(model, engine, { train: rows, validation: rows.slice(0, 9) }, settings, state);
    while (!trainer.finished) await trainer.epoch(quiet);
    await trainer.dispose();
    const losses = state.epochs.flatMap(({ trainLoss, validationLoss }) => [trainLoss, validationLoss]);
    return { steps: state.step, losses: { data: losses }, ...trained(state) };
  };
  const [actual, { steps, ...expected }] = [await run(own), await run(standard)];
  compare(`${what}: losses and parameters of ${steps} steps`, actual, expected);
}

/** What a checkpoint holds; the bias of the keys doesn't bear on the loss, so that Adam moves it by rounding errors. */
function trained({ adam }) {
  return Object.fromEntries(Object.entries(adam.tensors).filter(([name]) => !name.endsWith('key/bias')));
}

/** Differences as a share of the largest number: of its tensor, or of all gradients, some of which are sums to zero. */
function compare(what, actual, expected) {
  const largest = ([, { data }]) => data.reduce((size, x) => Math.max(size, Math.abs(x)), 1e-6);
  const gradients = Object.entries(expected).filter(([output]) => output.startsWith('gradient/'));
  for (const [output, { data }] of Object.entries(expected)) {
    const scale = Math.max(...(output.startsWith('gradient/') ? gradients : [[output, { data }]]).map(largest));
    const worst = data.reduce((size, x, i) => Math.max(size, Math.abs(x - actual[output].data[i])), 0) / scale;
    if (!(worst < Number(tolerance))) throw new Error(`${name}: ${what}, ${output}: off by ${worst}`);
  }
  console.log(`ok   ${name}: ${what} within ${tolerance} of onnx`);
}
