// npm run bench gpu [-- --engines webgpu,cuda,tfjs-node-gpu --rounds N --python PATH --small]
// LogBERT's training step and scoring on the GPU engines beside PyTorch's on the same GPU, at the standard size and at
// BERT-base's. On a machine without a GPU nothing is measured; --small --engines onnx tries the program itself.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { STANDARD } from '../logbertStep.mjs';

const BERT_BASE = { hidden: 768, layers: 12, heads: 12, feedForward: 3072, rows: 32, tokens: 128 };
const SMALL = { hidden: 32, layers: 1, heads: 2, feedForward: 32, rows: 4, tokens: 8 };
const path = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      engines: { type: 'string' },
      rounds: { type: 'string', default: '20' },
      python: { type: 'string', default: 'python3' },
      small: { type: 'boolean', default: false },
    },
  });
  const { gpuNames } = await import('../../dist/engine/gpus.js');
  const names = gpuNames();
  if (names?.length === 0 && !values.engines) {
    console.log('not measured: this machine has no GPU');
    return;
  }
  console.log(`GPU: ${names?.join(', ') || 'unknown'}; milliseconds, median of ${values.rounds} rounds in turn`);
  for (const size of values.small ? [SMALL] : [STANDARD, BERT_BASE]) {
    console.log(JSON.stringify(size));
    for (const engine of (values.engines ?? 'cuda,webgpu,tfjs-node-gpu').split(',')) {
      tell(engine, process.execPath, [path('engine.mjs'), engine, values.rounds, JSON.stringify(size)]);
    }
    tell('PyTorch', values.python, [path('peer.py'), values.rounds, JSON.stringify(size)]);
  }
}

/** Each in a process of its own: what one leaves in the GPU's memory is no burden to the next. */
function tell(name, command, args) {
  try {
    const out = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const { train, score, description } = JSON.parse(out.trim().split('\n').at(-1));
    console.log(`  ${name}: training step ${train.toFixed(1)}, scoring ${score.toFixed(1)} (${description})`);
  } catch (error) {
    const reason = String(error.stderr || error.message)
      .trim()
      .split('\n')
      .findLast((line) => /Error/.test(line));
    console.log(`  ${name}: not measured: ${reason ?? 'failed'}`);
  }
}
