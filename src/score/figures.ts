import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { loadSessions } from '../data/sessions.js';
import { UserError } from '../error.js';
import { explainWrite, writeFileAtomic } from '../run/atomic.js';
import { RunFolder } from '../run/folder.js';
import { canonical } from '../run/hash.js';
import { makeFolders } from '../run/makeFolders.js';
import { countedSessions } from './evaluation.js';
import { type ChartData, chartsOf } from './report/charts.js';
import { curveCharts } from './report/curveCharts.js';
import type { Html } from './report/html.js';
import { chartData } from './report/report.js';
import { standalone } from './report/standalone.js';
import type { Result } from './result.js';
import { readScores } from './scores.js';
import { readTraining } from './training.js';

/** Widths of a figure in points, for half a page and for a whole one. */
const HALF = 460;
const WHOLE = 760;

/** Pixels of a PNG a point of its figure: 300 to the inch where a figure is printed at a point a unit. */
const ZOOM = 300 / 72;

interface Figure {
  name: string;
  svg: string;
}

/**
 * Draws the charts of evaluated runs as files, each as SVG and as PNG: those of one run into the folder, those of several into
 * a folder of each run's name, and their precision-recall and ROC curves together beside them.
 * @returns the paths written
 * @throws UserError when a run has no result, two runs have one name, or the folder can't be made
 */
export async function writeFigures(dirs: readonly string[], folder: string): Promise<string[]> {
  requireNames(dirs);
  const runs = await Promise.all(dirs.map(async (dir) => ({ dir, data: await dataOf(dir) })));
  const drawn = runs.map(({ dir, data }) => ({
    into: runs.length > 1 ? basename(resolve(dir)) : '',
    figures: figuresOf(data),
  }));
  const together = setsOf(runs.map(({ data }) => data)).flatMap((set, i, { length }) =>
    curveCharts(set).map(({ name, chart }) => ({
      name: length > 1 ? `${name}-${i + 1}` : name,
      svg: standalone(chart(HALF)),
    })),
  );
  const toPng = await painter();
  const written: string[] = [];
  for (const { into, figures } of [...drawn, { into: '', figures: together }]) {
    await makeFolders(join(folder, into)).catch((error) => {
      throw explainWrite(error, join(folder, into), 'Choose another folder with --figures.');
    });
    for (const { name, svg } of figures) {
      const path = join(folder, into, name);
      await writeFileAtomic(`${path}.svg`, svg);
      await writeFileAtomic(`${path}.png`, toPng(svg));
      written.push(`${path}.svg`, `${path}.png`);
    }
  }
  return written;
}

/** A folder of figures is named after the folder of its run. */
function requireNames(dirs: readonly string[]): void {
  const names = dirs.map((dir) => basename(resolve(dir)));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new UserError(
    `Two of the runs are called ${twice}, and their figures would be written over each other. Rename one.`,
  );
}

async function dataOf(dir: string): Promise<ChartData> {
  const run = await RunFolder.open(dir, { readOnly: true });
  const result: Result = JSON.parse(await readFile(await run.require('result'), 'utf8'));
  const sessions = await loadSessions(run);
  const { evaluate } = result.settings as { evaluate: { scores?: string } };
  const scores = await readScores(evaluate.scores ?? (await run.require('scores')), sessions.ids);
  const own = evaluate.scores === undefined && run.has('training');
  const training = own ? await readTraining(await run.require('training')) : undefined;
  const counted = countedSessions(sessions, scores, result.data.minLength);
  return chartData(run, { result, scores, training, ...counted });
}

function figuresOf(data: ChartData): Figure[] {
  return chartsOf(data).map(({ name, full, draw }) => ({ name, svg: standalone(draw(full ? WHOLE : HALF) as Html) }));
}

/** Runs that were judged on the same sessions, two or more. */
function setsOf(runs: ChartData[]): ChartData[][] {
  const sets = new Map<string, ChartData[]>();
  for (const run of runs) {
    const key = canonical({ ...run.result.data, unseen: null });
    sets.set(key, [...(sets.get(key) ?? []), run]);
  }
  return [...sets.values()].filter((set) => set.length > 1 && set.every(({ result }) => result.result.auprc !== null));
}

/** Draws SVG as PNG, everywhere with the same font, so that equal figures are equal bytes. */
async function painter(): Promise<(svg: string) => Uint8Array> {
  const require = createRequire(import.meta.url);
  const font = (name: string) => readFile(require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
  const [wasm, ...fontBuffers] = await Promise.all([
    readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')),
    font('DejaVuSans'),
    font('DejaVuSans-Bold'),
  ]);
  await ready(wasm);
  return (svg) => {
    const font = { fontBuffers, defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' };
    const resvg = new Resvg(svg, { font, fitTo: { mode: 'zoom', value: ZOOM } });
    const image = resvg.render();
    const png = image.asPng();
    image.free();
    resvg.free();
    return png;
  };
}

let started: Promise<void> | undefined;

/** The module can be started once a process. */
function ready(wasm: Buffer): Promise<void> {
  started ??= initWasm(wasm);
  return started;
}
