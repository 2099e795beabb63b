// Compiles WebAssembly text into modules of base64 beside it: node tools/compile-wat.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import loadWabt from 'wabt';

const SOURCES = { 'src/model/adam': 'ADAM_KERNEL', 'src/engine/matrixProduct': 'MATRIX_PRODUCT_KERNEL' };

const wabt = await loadWabt();
for (const [source, name] of Object.entries(SOURCES)) {
  const at = (ending) => new URL(`../${source}${ending}`, import.meta.url);
  const wat = `${basename(source)}.wat`;
  const module = wabt.parseWat(wat, readFileSync(at('.wat'), 'utf8'), { simd: true });
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
  const lines = base64.match(/.{1,100}/g).map((line) => `  '${line}'`);
  const text = `// Made from ${wat} by tools/compile-wat.mjs: change that file, not this one.
export const ${name} = [
${lines.join(',\n')},
].join('');
`;
  if (!process.argv.includes('--check')) writeFileSync(at('Kernel.ts'), text);
  else if (readFileSync(at('Kernel.ts'), 'utf8') !== text)
    throw new Error(`${source}Kernel.ts is not what ${wat} compiles to`);
}
