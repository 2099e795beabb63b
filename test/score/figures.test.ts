import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settingsSchema } from '../../src/config/schema.js';
import { silent } from '../../src/progress.js';
import { evaluateRun } from '../../src/score/evaluate.js';
import { writeFigures } from '../../src/score/figures.js';
import { syntheticRun } from './syntheticRun.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'logbert-figures-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function evaluated(name: string, labels: 'mixed' | 'none' = 'mixed'): Promise<string> {
  const run = await syntheticRun(join(dir, name), { labels });
  await evaluateRun(settingsSchema.parse({ name }), run, silent);
  await run.close();
  return join(dir, name);
}

const CHARTS = ['confusion', 'precision-recall', 'roc', 'scores', 'templates', 'threshold', 'top-g', 'training'];
const files = (charts: string[]) => charts.flatMap((name) => [`${name}.png`, `${name}.svg`]);

it('writes each chart of a run as SVG that needs no style sheet, and as PNG of 300 pixels an inch', async () => {
  const out = join(dir, 'out');
  await writeFigures([await evaluated('one')], out);
  expect(readdirSync(out).sort()).toEqual(files(CHARTS));
  for (const chart of CHARTS) {
    const svg = readFileSync(join(out, `${chart}.svg`), 'utf8');
    expect(svg).not.toMatch(/var\(|currentColor|<style|NaN|undefined|inherit/);
    const { document } = parseHTML(svg);
    const root = document.querySelector('svg');
    expect(root?.getAttribute('xmlns')).toBe('http://www.w3.org/2000/svg');
    const png = readFileSync(join(out, `${chart}.png`));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(Math.ceil((Number(root?.getAttribute('width')) * 300) / 72));
  }
});

it('puts several runs into folders of their own, and their curves together', async () => {
  const out = join(dir, 'out');
  await writeFigures([await evaluated('one'), await evaluated('two')], out);
  expect(readdirSync(out).sort()).toEqual(['one', ...files(['precision-recall', 'roc']), 'two']);
  const { document } = parseHTML(readFileSync(join(out, 'roc.svg'), 'utf8'));
  const words = Array.from(document.querySelectorAll('text'), (text) => text.textContent);
  expect(words).toEqual(expect.arrayContaining(['one', 'two']));
});

it('draws what can be drawn without labels, the same bytes each time', async () => {
  const run = await evaluated('one', 'none');
  await writeFigures([run], join(dir, 'a'));
  await writeFigures([run], join(dir, 'b'));
  expect(readdirSync(join(dir, 'a')).sort()).toEqual(files(['scores', 'training']));
  expect(readFileSync(join(dir, 'a/scores.png'))).toEqual(readFileSync(join(dir, 'b/scores.png')));
});

it('needs an evaluated run', async () => {
  const run = await syntheticRun(join(dir, 'run'));
  await run.close();
  await expect(writeFigures([join(dir, 'run')], join(dir, 'out'))).rejects.toThrow(/result/);
});

it('refuses two runs of one name, whose figures would be written over each other', async () => {
  const dirs = [join(dir, 'a/run'), join(dir, 'b/run')];
  await expect(writeFigures(dirs, join(dir, 'out'))).rejects.toThrow('Two of the runs are called run');
});
