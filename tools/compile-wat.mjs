// Compiles src/model/adam.wat into src/model/adamKernel.ts: node tools/compile-wat.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import loadWabt from 'wabt';

const source = new URL('../src/model/adam.wat', import.meta.url);
const target = new URL('../src/model/adamKernel.ts', import.meta.url);

const wabt = await loadWabt();
const module = wabt.parseWat('adam.wat', readFileSync(source, 'utf8'), { simd: true });
const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
const lines = base64.match(/.{1,100}/g).map((line) => `  '${line}'`);
const text = `// Made from adam.wat by tools/compile-wat.mjs: change that file, not this one.
export const ADAM_KERNEL = [
${lines.join(',\n')},
].join('');
`;
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) throw new Error('adamKernel.ts is not what adam.wat compiles to');
} else {
  writeFileSync(target, text);
}
