// npm run bench train [-- --epochs N] [--python PATH]
// An epoch of the published LogBERT on the HDFS key sessions (training, validation, centre): ours beside PyTorch's, in turn.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pythonWithTorch } from '../torch.mjs';

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: { epochs: { type: 'string', default: '3' }, python: { type: 'string' } },
  });
  const data = resolve(process.env.LOGBERT_TEST_DATA ?? '../shared/data', 'hdfs/hdfs_train.gz');
  if (!existsSync(data)) throw new Error(`No ${data}: set LOGBERT_TEST_DATA.`);
  const python = values.python ?? pythonWithTorch();
  const peer = peerEpochs(python, data, values.epochs);
  const ours = await ourEpochs(data, Number(values.epochs));
  const whole = peer.train + peer.validation + peer.centre;
  const bare = peer.train + peer.validation;
  console.log(`cores ${availableParallelism()}, the fastest of ${values.epochs} epochs each, seconds`);
  console.log(
    `PyTorch ${peer.torch}: training ${peer.train.toFixed(1)}, validation ${peer.validation.toFixed(1)}, centre ${peer.centre.toFixed(1)}`,
  );
  console.log(`logbert (${ours.engine}): ${ours.seconds.toFixed(1)}, all of it`);
  console.log(
    `ratio ${(whole / ours.seconds).toFixed(2)} with their separate centre pass, ${(bare / ours.seconds).toFixed(2)} without it`,
  );
}

function peerEpochs(python, data, epochs) {
  const script = new URL('peer.py', import.meta.url).pathname;
  const lines = execFileSync(python, [script, data, epochs], { encoding: 'utf8' }).trim().split('\n');
  const runs = lines.map((line) => JSON.parse(line));
  const total = (run) => run.train + run.validation + run.centre;
  return runs.sort((a, b) => total(a) - total(b))[0];
}

async function ourEpochs(data, epochs) {
  const { RunFolder, runStage, settingsSchema, silent } = await import('../../dist/index.js');
  const dir = join(tmpdir(), 'logbert-bench-train');
  rmSync(dir, { recursive: true, force: true });
  const keys = { train: [data], testNormal: [], testAbnormal: [] };
  const settings = settingsSchema.parse({ input: { keys }, train: { epochs } });
  const run = await RunFolder.open(dir, { create: true });
  try {
    for (const stage of ['sessions', 'vocab']) await runStage(stage, settings, run, silent);
    const { engine } = await runStage('train', settings, run, silent);
    const { readFile } = await import('node:fs/promises');
    const { epochs: curve } = JSON.parse(await readFile(await run.require('training'), 'utf8'));
    return { engine, seconds: Math.min(...curve.map(({ seconds }) => seconds)) };
  } finally {
    await run.close();
  }
}
