// Reads vitest's JSON report. First line: tests passed, failed and skipped; then each skipped test, whose name says why.
import { readFileSync } from 'node:fs';

const { testResults } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const tests = testResults.flatMap(({ name: file, assertionResults }) =>
  assertionResults.map(({ status, fullName }) => ({ file: file.split(/[\\/]test[\\/]/).at(-1), status, fullName })),
);
const of = (...statuses) => tests.filter(({ status }) => statuses.includes(status));
const skipped = of('skipped', 'pending', 'todo', 'disabled');
// A file that couldn't even be loaded has no tests to fail.
const broken = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
console.log(of('passed').length, of('failed').length + broken.length, skipped.length);
console.log(`Skipped tests: ${skipped.length}`);
for (const { file, fullName } of skipped) console.log(`  ${file}: ${fullName}`);
