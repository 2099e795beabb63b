// npm run bench tfjs-node [-- --steps N]
// A LogBERT training step on the engine tfjs-node beside one written by hand for tfjs-node, in turn (hidden 256,
// 4 layers, batch 32 x 24, dropout 0.1).
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tfjsNodeFolder } from '../../tools/tfjsNodeFolder.mjs';

export async function main(args) {
  const { values } = parseArgs({ args, options: { steps: { type: 'string', default: '20' } } });
  const script = fileURLToPath(new URL('step.mjs', import.meta.url));
  const out = execFileSync(process.execPath, [script, tfjsNodeFolder('cpu'), values.steps], { encoding: 'utf8' });
  const { description, ours, plain } = JSON.parse(out.trim().split('\n').at(-1));
  console.log(`${description}, milliseconds a training step, median of ${values.steps}`);
  console.log(`logbert --engine tfjs-node ${ours.toFixed(0)}, by hand ${plain.toFixed(0)}`);
  console.log(`ratio ${(ours / plain).toFixed(2)}`);
}
