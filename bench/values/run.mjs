// What DeepLog's model of values finds of anomalies that are planted in the normal test sessions of a run on HDFS:
//   npm run bench values -- --run output/deeplog-values-hdfs-2pct
// In each session one number is changed, the order of its events stays as it is. The threshold is the .98 quantile of the
// validation sessions' score `value`, and beside it the model's own interval.
import { parseArgs } from 'node:util';
import { settingsSchema } from '../../dist/config/schema.js';
import { readNumbers } from '../../dist/data/eventNumbers.js';
import { orderStatistic } from '../../dist/data/quantile.js';
import { loadSessions, TEST, VALIDATION } from '../../dist/data/sessions.js';
import { templateTexts } from '../../dist/data/vocabulary.js';
import { openTrainedScorer } from '../../dist/model/sessionScorer.js';
import { silent } from '../../dist/progress.js';
import { Random } from '../../dist/random.js';
import { RunFolder } from '../../dist/run/folder.js';

const PAUSE = 1000;
/** Which of a line's parameters is a size, by the start of its template. */
const SIZES = [
  ['Received block <BLOCK> of size', 1],
  ['BLOCK* NameSystem.addStoredBlock: blockMap updated', 2],
];

export async function main(args) {
  const { values } = parseArgs({ args, options: { run: { type: 'string' }, seed: { type: 'string', default: '42' } } });
  if (!values.run) throw new Error('Name a trained run: npm run bench values -- --run output/deeplog-values-hdfs-2pct');
  const run = await RunFolder.open(values.run, { readOnly: true });
  const settings = settingsSchema.parse(run.settings);
  const sessions = await loadSessions(run);
  const log = { sessions, numbers: await readNumbers(await run.require('events')) };
  const sizeOf = sizesOf(await templateTexts(settings, run));
  const scorer = await openTrainedScorer(settings, run, silent);
  const normal = (part) =>
    [...sessions.splits.keys()].filter((i) => sessions.splits[i] === part && sessions.labels[i] === 0);
  const threshold = orderStatistic(await scores(scorer, log, normal(VALIDATION)), 0.98);
  const { interval } = scorer.valued;
  console.log(
    `per cent of sessions beyond the quantile (${threshold.toFixed(2)}), and beyond the interval (${interval})`,
  );
  const tell = async (name, changed, ids) => {
    const found = await scores(scorer, changed, ids);
    const share = (limit) => ((100 * found.filter((score) => score > limit).length) / ids.length).toFixed(1);
    console.log(
      `${name.padEnd(36)} ${String(ids.length).padStart(6)} ${share(threshold).padStart(6)} ${share(interval).padStart(6)}`,
    );
  };
  await tell('as they are', log, normal(TEST));
  for (const factor of [50, 2, 1 / 50]) {
    const [changed, ids] = withSizes(log, normal(TEST), { factor, sizeOf, random: new Random(values.seed, factor) });
    await tell(`one size x ${factor}`, changed, ids);
  }
  for (const factor of [100, 10]) {
    const [changed, ids] = withPauses(log, normal(TEST), { factor, random: new Random(values.seed, factor) });
    await tell(`one pause of a second or more x ${factor}`, changed, ids);
  }
  await scorer.dispose();
}

/** The score `value` of some sessions. */
async function scores(scorer, { sessions, numbers }, ids) {
  const { width } = scorer.valued;
  const vectors = scorer.valued.vectors(sessions, numbers);
  const bounds = ids.map((i) => [sessions.offsets[i], sessions.offsets[i + 1]]);
  const scored = await scorer.score(
    bounds.map(([from, to]) => sessions.events.subarray(from, to)),
    silent,
    bounds.map(([from, to]) => vectors.subarray(from * width, to * width)),
  );
  return scored.map((one) => one.scores.value);
}

/** Index of the size among the parameters of a template, by id. */
function sizesOf(texts) {
  const found = [...texts].map(([id, text]) => [id, SIZES.find(([start]) => text.startsWith(start))?.[1]]);
  return new Map(found.filter(([, parameter]) => parameter !== undefined));
}

function withSizes({ sessions, numbers }, ids, { factor, sizeOf, random }) {
  const changed = numbers.numbers.slice();
  const chosen = choose(sessions, ids, random, (at) => sizeOf.has(sessions.events[at]));
  for (const at of chosen.values()) {
    changed[numbers.starts[sessions.rows[at]] + sizeOf.get(sessions.events[at])] *= factor;
  }
  return [{ sessions, numbers: { ...numbers, numbers: changed } }, [...chosen.keys()]];
}

function withPauses({ sessions, numbers }, ids, { factor, random }) {
  const gaps = sessions.gaps.slice();
  const chosen = choose(sessions, ids, random, (at) => sessions.gaps[at] >= PAUSE);
  for (const at of chosen.values()) gaps[at] = Math.min(gaps[at] * factor, 0x7fffffff);
  return [{ sessions: { ...sessions, gaps }, numbers }, [...chosen.keys()]];
}

/** One event of each session that has such a one. */
function choose({ offsets }, ids, random, fits) {
  const chosen = new Map();
  for (const i of ids) {
    const possible = Array.from({ length: offsets[i + 1] - offsets[i] }, (_, k) => offsets[i] + k).filter(fits);
    if (possible.length > 0) chosen.set(i, random.pick(possible));
  }
  return chosen;
}
