// Compiles src/parse/kernel/assembly into src/parse/kernel/module.ts: node tools/compile-kernel.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('../src/parse/kernel/', import.meta.url));
const target = join(folder, 'module.ts');

let binary;
// With names, by which profiles tell where time goes.
const options = ['--runtime', 'stub', '-O3', '--noAssert', '--debug', '--use', 'abort=', '--enable', 'simd'];
const { error, stderr } = await asc.main(
  ['index.ts', '--baseDir', 'assembly', '--outFile', 'kernel.wasm', ...options],
  {
    readFile: (name, base) => readFile(join(folder, base, name), 'utf8').catch(() => null),
    writeFile: (_name, contents) => {
      binary = contents;
    },
    listFiles: () => [],
  },
);
if (error) throw new Error(`${error.message}\n${stderr}`);

const lines = Buffer.from(binary)
  .toString('base64')
  .match(/.{1,110}/g)
  .map((line) => `  '${line}'`);
const text = `// Made from the folder assembly by tools/compile-kernel.mjs: change that, not this file.
export const KERNEL = [
${lines.join(',\n')},
].join('');
`;
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text)
    throw new Error('module.ts is not what src/parse/kernel/assembly compiles to');
} else {
  writeFileSync(target, text);
}
