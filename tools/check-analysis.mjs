// Installs experiments/analysis, a package of its own, in an empty folder and lets it tell of a run's scores. Exits with 77
// where npm can't fetch the packages. Run by .ci/run:  node tools/check-analysis.mjs RUN_FOLDER
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { positionals } = parseArgs({ allowPositionals: true });
if (positionals.length !== 1) {
  console.error('Usage: node tools/check-analysis.mjs RUN_FOLDER');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'logbert-analysis-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const file of ['package.json', 'scores.mjs']) {
  cpSync(fileURLToPath(new URL(`../experiments/analysis/${file}`, import.meta.url)), join(folder, file));
}

const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|E[45]\d\d|ENOTCACHED|CERT_\w+|SELF_SIGNED\w*)\b/;
const install = run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline']);
if (install.status !== 0) {
  console.error(install.output);
  const [reason] = UNREACHABLE.exec(install.output) ?? [];
  if (reason) console.error(`The packages of experiments/analysis can't be fetched here (${reason}).`);
  process.exit(reason ? 77 : 1);
}
const { status, output } = run(process.execPath, ['scores.mjs', resolve(positionals[0])]);
console.log(output);
const found = ['test, normal', 'test, anomaly'].filter((group) => !output.includes(group));
if (status !== 0 || found.length > 0) {
  console.error(
    `scores.mjs ended with ${status}${found.length > 0 ? ` and told nothing of: ${found.join('; ')}` : ''}`,
  );
  process.exit(1);
}

function run(command, args) {
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', shell });
  return { status, output: `${stdout}${stderr}` };
}
