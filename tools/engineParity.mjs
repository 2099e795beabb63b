// A small LogBERT on an engine and on onnx: one step's loss and gradients, scores, and the losses of a training.
// Called by other checks, in a process of its own:   node tools/engineParity.mjs DIST ENGINE TOLERANCE [EPOCHS]
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, name, tolerance, epochs = '7'] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const [{ openEngine }, { differentiate }, { logbert }, { logbertSettings }, { Random }, { DropoutPool }, trainer] =
  await Promise.all(
    [
      'engine/open.js',
      'engine/differentiate.js',
      'model/logbert/logbert.js',
      'model/logbert/settings.js',
      'random.js',
      'model/noise.js',
      'model/trainer.js',
    ].map(load),
  );
const { signatureOf } = await load('model/signature.js');
const { Vocabulary } = await load('data/vocabulary.js');

const KEYS = 30;
const context = { vocabularySize: Vocabulary.SPECIALS + KEYS, seed: 7, rounds: 4 };
const model = logbert(
  logbertSettings.parse({ hidden: 64, layers: 2, feedForward: 96, maxLength: 64, ends: 2 }),
  context,
);
const [native, standard] = [await openEngine(name), await openEngine('onnx')];
console.log(`     ${name}: ${native.description}`);

const random = new Random('parity');
const sequences = Array.from({ length: 64 }, () =>
  Int32Array.from({ length: 3 + random.int(20) }, () => Vocabulary.SPECIALS + random.int(KEYS)),
);

await compareStep();
await compareScores();
await compareTraining();

/** Loss and every gradient of one step, dropout included. */
async function compareStep() {
  const { adam, state } = trainer.newTrainingState(model, 1);
  state.centre.data.fill(0.3);
  const signature = { ...signatureOf(adam.tensors), ...signatureOf(state), ...model.lossInputs };
  const step = differentiate(model.loss, 'loss', adam.names);
  const inputs = { ...adam.tensors, ...state, ...model.trainingBatch(sequences.slice(0, 8), 8, 26, new Random(2)) };
  const run = (engine) => engine.compile(step, signature, { train: true }).run(inputs, new DropoutPool(4).at(1));
  compare('loss and gradients', await run(native), await run(standard));
}

async function compareScores() {
  const { adam, state } = trainer.newTrainingState(model, 5);
  const fixed = { ...adam.tensors, ...state };
  const signature = { ...signatureOf(fixed), ...model.scoreInputs };
  const batch = model.scoringBatch(sequences.slice(0, 8), 8, 26, 1);
  const run = (engine) => engine.compile(model.score, signature, { fixed }).run(batch);
  compare('scores', await run(native), await run(standard));
}

/** 11 steps an epoch. */
async function compareTraining() {
  const settings = { epochs: Number(epochs), patience: 9, batch: 8, learningRate: 1e-3, warmup: 10, seed: 3 };
  const data = { train: sequences, validation: sequences.slice(0, 9) };
  const quiet = { task: () => ({ update() {}, finish() {} }), note() {} };
  const train = async (engine) => {
    const state = trainer.newTrainingState(model, settings.seed);
    const running = new trainer.Trainer(model, engine, data, settings, state);
    while (!running.finished) await running.epoch(quiet);
    return state;
  };
  const [actual, expected] = [await train(native), await train(standard)];
  const losses = ({ epochs }) => ({
    losses: { data: epochs.flatMap(({ trainLoss, validationLoss }) => [trainLoss, validationLoss]) },
  });
  compare(`losses of ${expected.step} steps`, losses(actual), losses(expected));
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
