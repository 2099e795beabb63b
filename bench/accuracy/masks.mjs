// Chooses masks for logs of any system: node bench/accuracy/masks.mjs [--data FOLDER]
//
// Masks come and go one at a time as long as the mean over the first halves of all samples gains, with the defaults of
// all other settings; the second halves are reported, not looked at.
import { parseArgs } from 'node:util';
import { MASKS } from '../../dist/parse/masks/masks.js';
import { measure } from './run.mjs';
import { readSample, systems } from './samples.mjs';

const { values } = parseArgs({
  options: { data: { type: 'string', default: process.env.LOGBERT_TEST_DATA ?? '../shared/data' } },
});
const samples = systems(values.data).map((system) => readSample(values.data, system));
const STARTS = [['BLOCK', 'IP', 'PATH'], [], Object.keys(MASKS)];

for (const start of STARTS) {
  await report('start', start);
  await report('found', await climb(start));
}

async function climb(start) {
  let best = { masks: start, score: scoreOf(await meanOf(start, 0, 0.5)) };
  for (let last; last !== best; ) {
    last = best;
    for (const name of Object.keys(MASKS)) {
      const masks = Object.keys(MASKS).filter((other) => last.masks.includes(other) !== (other === name));
      const score = scoreOf(await meanOf(masks, 0, 0.5));
      if (score > best.score + 1e-4) best = { masks, score };
    }
  }
  return best.masks;
}

async function meanOf(masks, from, to) {
  const figures = [];
  for (const sample of samples) figures.push(await measure(sample, { masks }, from, to));
  const mean = (key) => figures.reduce((sum, figure) => sum + figure[key], 0) / figures.length;
  return { ga: mean('ga'), fga: mean('fga') };
}

function scoreOf({ ga, fga }) {
  return ga + 0.25 * fga;
}

async function report(label, masks) {
  const [first, second] = [await meanOf(masks, 0, 0.5), await meanOf(masks, 0.5, 1)];
  const shown = ({ ga, fga }) => `GA ${ga.toFixed(4)} FGA ${fga.toFixed(4)}`;
  console.log(`${label}: first halves ${shown(first)}, second ${shown(second)}: ${masks.join(', ') || 'none'}`);
}
