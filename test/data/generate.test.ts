import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type GenerateOptions, generateLog } from '../../src/data/generate.js';
import { ANOMALY_KINDS, type AnomalyKind, injectAnomaly } from '../../src/data/generator/anomalies.js';
import { Cluster } from '../../src/data/generator/cluster.js';
import { LifeTeller } from '../../src/data/generator/life.js';
import { UserError } from '../../src/error.js';
import { Random } from '../../src/random.js';
import { isNormalLife, letterOf } from './lifeGrammar.js';
import { temporaryFolder } from './support.js';

const LAYOUT = /^(\d{6} \d{6}) \d+ (?:INFO|WARN) [\w.$]+: .*$/;

async function generate(options: Partial<GenerateOptions> = {}) {
  const dir = temporaryFolder();
  const [log, labels] = [join(dir, 'hdfs.log'), join(dir, 'labels.csv')];
  const summary = await generateLog({ sessions: 400, anomalyRate: 0.1, seed: 7, log, labels, ...options });
  const raw = readFileSync(options.log ?? log);
  const text = (raw[0] === 0x1f ? gunzipSync(raw) : raw).toString();
  return { summary, text, lines: text.trimEnd().split('\n'), labels: readFileSync(labels, 'utf8') };
}

function livesOf(lines: string[]): Map<string, string> {
  const lives = new Map<string, string>();
  for (const line of lines) {
    for (const id of new Set(line.match(/blk_-?\d+/g))) lives.set(id, (lives.get(id) ?? '') + letterOf(line));
  }
  return lives;
}

function labelsOf(csv: string): Map<string, string> {
  const [header, ...rows] = csv.trimEnd().split('\n');
  expect(header).toBe('BlockId,Label');
  return new Map(rows.map((row) => row.split(',') as [string, string]));
}

test('equal seeds give equal bytes, another seed gives others', async () => {
  const [first, again, other] = [await generate(), await generate(), await generate({ seed: 8 })];
  expect(again.text).toBe(first.text);
  expect(again.labels).toBe(first.labels);
  expect(other.text).not.toBe(first.text);
});

test('the log of seed 7 is the one that this generator wrote on Node 20, Linux', async () => {
  const { text, labels } = await generate();
  const digest = createHash('sha256').update(text).update(labels).digest('hex');
  expect(digest).toMatchInlineSnapshot(`"0e0eb4a91467c0f53e44255455fbcebbd903ebb224ec1a7c48e8549747a09d41"`);
});

test('lines have the layout of HDFS and come in order of time', async () => {
  const { lines, summary } = await generate();
  const stamps = lines.map((line) => LAYOUT.exec(line)?.[1]);
  expect(stamps).not.toContain(undefined);
  expect(stamps).toEqual(stamps.toSorted());
  expect(summary.lines).toBe(lines.length);
});

test('the labels tell which lives are normal, in the numbers that were asked for', async () => {
  const { lines, labels, summary } = await generate({ sessions: 2000, anomalyRate: 0.05 });
  const [lives, expected] = [livesOf(lines), labelsOf(labels)];
  expect([...lives.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  const wrong = [...lives].filter(([id, life]) => isNormalLife(life) !== (expected.get(id) === 'Normal'));
  expect(wrong).toEqual([]);
  expect(summary).toMatchObject({ sessions: 2000, normal: 1900, anomalies: 100 });
  expect(summary.kinds).toEqual({ missing: 25, extra: 25, 'out-of-order': 25, unseen: 25 });
  expect([...expected.values()].filter((label) => label === 'Anomaly')).toHaveLength(100);
});

test.each(ANOMALY_KINDS)('anomalies of the kind %s alone', async (kind) => {
  const { lines, labels, summary } = await generate({ kinds: [kind] });
  const [lives, expected] = [livesOf(lines), labelsOf(labels)];
  const abnormal = [...lives].filter(([id]) => expected.get(id) === 'Anomaly').map(([, life]) => life);
  expect(summary.kinds[kind]).toBe(40);
  expect(abnormal.filter(isNormalLife)).toEqual([]);
  expect(abnormal.every((life) => life.includes('?') === (kind === 'unseen'))).toBe(true);
});

test.each<[AnomalyKind, (change: number) => boolean]>([
  ['missing', (change) => change < 0],
  ['extra', (change) => change === 1],
  ['out-of-order', (change) => change === 0],
  ['unseen', (change) => change > 0],
])('%s changes the number of events as its name says', (kind, holds) => {
  const cluster = new Cluster(1);
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed);
    const teller = new LifeTeller(cluster, random);
    const [block] = teller.file(0, '/path', 2);
    const before = block.events.map(({ text }) => text);
    injectAnomaly(kind, block, teller, random);
    const after = block.events.map(({ text }) => text);
    expect(holds(after.length - before.length)).toBe(true);
    if (kind === 'out-of-order') {
      expect(after).not.toEqual(before);
      expect(after.toSorted()).toEqual(before.toSorted());
    }
  }
});

test('blocks are interleaved, and some lines name two of them', async () => {
  const { lines, summary } = await generate();
  const ids = lines.map((line) => [...new Set(line.match(/blk_-?\d+/g))]);
  const changes = ids.filter((here, i) => i > 0 && here[0] !== ids[i - 1][0]).length;
  expect(changes / lines.length).toBeGreaterThan(0.5);
  expect(summary.linesOfTwo).toBe(ids.filter(({ length }) => length === 2).length);
  expect(summary.linesOfTwo).toBeGreaterThan(5);
});

test('normal lives differ', async () => {
  const { lines } = await generate({ sessions: 2000, anomalyRate: 0 });
  const lives = [...livesOf(lines).values()];
  const counts = new Set(lives.map((life) => [...life].toSorted().join('')));
  expect(lives.filter(isNormalLife)).toHaveLength(2000);
  expect(new Set(lives).size).toBeGreaterThan(150);
  expect(counts.size).toBeGreaterThan(40);
  for (const rare of ['O', 'Q', 'V', 's', 'f', 'K']) expect(lives.join('')).toContain(rare);
});

test('a name that ends in .gz is gzipped, with the same content', async () => {
  const plain = await generate();
  const zipped = await generate({ log: join(temporaryFolder(), 'new', 'hdfs.log.gz') });
  expect(zipped.text).toBe(plain.text);
});

test.each([{ sessions: 0 }, { sessions: 2.5 }, { anomalyRate: 1 }, { anomalyRate: Number.NaN }, { kinds: [] }])(
  'refuses %o',
  async (wrong) => {
    await expect(generate(wrong)).rejects.toMatchObject({ exitCode: 2 });
  },
);

test('leaves nothing behind when the labels cannot be written', async () => {
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'file'), '');
  const failing = generate({ log: join(dir, 'hdfs.log'), labels: join(dir, 'file', 'labels.csv') });
  await expect(failing).rejects.toThrow(UserError);
  expect(readdirSync(dir)).toEqual(['file']);
});
