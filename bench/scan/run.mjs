// `logbert fit` and `logbert scan` on unlabelled logs: npm run bench scan [-- samples|inject|hdfs|disturbed|bgl|million|diff ... --data FOLDER --seed N --budget SECONDS|none|auto]
//
// Each log is cut in two: fit sees the first half, scan the second. Labels are read afterwards, to count.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { halves, hdfsLabels, library, SYSTEMS, sample, unpacked, write } from './data.mjs';
import { disturbed } from './disturbed.mjs';
import { inject, KINDS } from './injection.mjs';

const PARTS = { samples, inject: injected, hdfs, disturbed, bgl, million, diff };
/** Findings that a person reads. */
const READ = 40;

export async function main(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string', default: process.env.LOGBERT_TEST_DATA ?? '../shared/data' },
      seed: { type: 'string', default: '1' },
      systems: { type: 'string' },
      // As the command has it.
      budget: { type: 'string', default: 'auto' },
    },
  });
  const work = mkdtempSync(join(tmpdir(), 'logbert-bench-scan-'));
  const context = {
    ...(await library(budgetOf(values.budget))),
    data: values.data,
    seed: Number(values.seed),
    systems: values.systems?.split(',') ?? SYSTEMS,
    file: (name) => join(work, name),
  };
  try {
    for (const part of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
      console.log(`\n## ${part}\n`);
      await PARTS[part](context);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function budgetOf(text) {
  if (text === 'none') return undefined;
  return text === 'auto' ? text : Number(text);
}

/** Every sample, raw: does it go through, how fast, does the account close. */
async function samples({ data, systems, fit, scan, file }) {
  console.log(
    '| system | format | session id | model | findings | first finding | fit s | scan s |\n|---|---|---|---|---|---|---|---|',
  );
  for (const system of systems) {
    const [first, second] = halves(sample(data, system).map(({ text }) => text));
    const fitted = await fit(write(file('a'), first), file('bundle'));
    const { findings, all, account, seconds } = await scan(write(file('b'), second), file('bundle'));
    closes(fitted.account);
    closes(account);
    const [top] = findings;
    const row = [
      system,
      fitted.format,
      fitted.sessions.pattern ?? fitted.sessions.field ?? '-',
      fitted.order.startsWith('no ') ? '-' : 'DeepLog',
      all,
      top ? `${top.kind}: ${cell(top.template)}` : '-',
      fitted.seconds.toFixed(2),
      seconds.toFixed(2),
    ];
    console.log(`| ${row.join(' | ')} |`);
  }
}

function closes({ linesIn, parsed, rejected, joined, blank, outside }) {
  if (linesIn !== parsed + rejected + joined + blank + outside || joined < 0) throw new Error('the account is open');
}

/** Four of each kind of oddity in the second half: how many of them the first 40 findings show that weren't there before. */
async function injected({ data, systems, fit, scan, file, seed, Random }) {
  const raw = new Map(SYSTEMS.map((system) => [system, sample(data, system)]));
  const sums = Object.fromEntries(KINDS.map((kind) => [kind, [0, 0]]));
  const recalls = [];
  console.log(`| system | recall | ${KINDS.join(' | ')} |\n|---|---|${KINDS.map(() => '---|').join('')}`);
  for (const system of systems) {
    const [first, second] = halves(raw.get(system));
    const foreign = SYSTEMS.filter((other) => other !== system).flatMap((other) =>
      raw.get(other).map(({ text }) => text),
    );
    const { lines, injections } = inject(first, second, foreign, new Random(seed, 'inject', system));
    await fit(
      write(
        file('a'),
        first.map(({ text }) => text),
      ),
      file('bundle'),
    );
    const before = await scan(
      write(
        file('b'),
        second.map(({ text }) => text),
      ),
      file('bundle'),
    );
    const after = await scan(write(file('c'), lines), file('bundle'));
    const known = new Set(before.findings.map(({ id }) => id));
    const fresh = after.findings.filter(({ id }) => !known.has(id)).slice(0, READ);
    const counts = Object.fromEntries(KINDS.map((kind) => [kind, [0, 0]]));
    for (const injection of injections) {
      const found = fresh.some((finding) => shows(finding, injection, lines.length));
      for (const count of [counts, sums]) {
        count[injection.kind][0] += found ? 1 : 0;
        count[injection.kind][1]++;
      }
    }
    const found = KINDS.reduce((sum, kind) => sum + counts[kind][0], 0);
    recalls.push(found / injections.length);
    const cells = KINDS.map((kind) => (counts[kind][1] > 0 ? counts[kind].join(' of ') : 'none'));
    console.log(`| ${system} | ${(found / injections.length).toFixed(2)} | ${cells.join(' | ')} |`);
  }
  const mean = recalls.reduce((a, b) => a + b) / recalls.length;
  console.log(`| all | ${mean.toFixed(3)} | ${KINDS.map((kind) => sums[kind].join(' of ')).join(' | ')} |`);
}

/** Whether a finding's own lines show an injection: one of its lines, or half of a removed stretch. */
function shows({ kind, lines }, injection, end) {
  if (injection.kind !== 'removed') {
    const room = injection.kind === 'swapped' ? 1 : 0;
    return lines.some(({ from, to }) => from <= injection.to + room && to >= injection.from - room);
  }
  if (kind !== 'silence' && kind !== 'component') return false;
  const ends = [...lines.map(({ from }) => from), end];
  return ends.slice(1).some((until, i) => {
    const shared = Math.min(until, injection.to) - Math.max(ends[i], injection.from);
    return shared >= (injection.to - injection.from) / 2;
  });
}

/** HDFS_2pct: sessions ranked by their findings, against the labels. */
async function hdfs({ data, fit, scan, file }) {
  const [first, second] = halves(unpacked(data, 'hdfs/HDFS_2pct.log.gz'));
  const anomalies = await hdfsLabels(data);
  const fitted = await fit(write(file('a'), first), file('bundle'));
  const { findings, all, seconds } = await scan(write(file('b'), second), file('bundle'));
  const starts = new Map();
  second.forEach((line, i) => {
    for (const [id] of line.matchAll(/blk_-?\d+/g)) if (!starts.has(id)) starts.set(id, i);
  });
  const scores = new Map();
  for (const { sessions, score } of findings) {
    for (const id of sessions) scores.set(id, Math.max(scores.get(id) ?? 0, score));
  }
  const ranked = [...scores.keys()].sort((a, b) => scores.get(b) - scores.get(a) || starts.get(a) - starts.get(b));
  const hits = (n) => ranked.slice(0, n).filter((id) => anomalies.has(id)).length;
  const abnormal = [...starts.keys()].filter((id) => anomalies.has(id)).length;
  console.log(`session id ${fitted.sessions.why}`);
  console.log(`model: ${fitted.order}; ${fitted.account.linesIn} lines read`);
  console.log(
    `fit ${fitted.seconds.toFixed(1)} s, scan ${seconds.toFixed(1)} s; ${starts.size} sessions, ${abnormal} abnormal; ${all} findings`,
  );
  console.log(`precision at 50: ${(hits(50) / 50).toFixed(2)}, at 100: ${(hits(100) / 100).toFixed(2)}`);
  console.log(
    `at the default threshold: ${ranked.length} sessions, precision ${(hits(ranked.length) / ranked.length).toFixed(3)}, recall ${(hits(ranked.length) / abnormal).toFixed(3)}`,
  );
}

/** BGL_100k without its labels: alert lines that the first 30 findings cover, and lines in any finding. */
async function bgl({ data, fit, scan, file }) {
  const all = unpacked(data, 'bgl/BGL_100k.log.gz');
  const [first, second] = halves(all.map((line) => line.replace(/^\S+/, '-')));
  const alerts = new Set(halves(all)[1].flatMap((line, i) => (line.startsWith('-') ? [] : [i + 1])));
  const fitted = await fit(write(file('a'), first), file('bundle'));
  const { findings } = await scan(write(file('b'), second), file('bundle'));
  console.log(`fit ${fitted.seconds.toFixed(1)} s; model: ${fitted.order}`);
  const covered = new Set();
  const told = new Set();
  findings.forEach(({ lines }, rank) => {
    for (const { from, to } of lines) {
      for (let line = from; line <= to; line++) {
        told.add(line);
        if (rank < 30 && alerts.has(line)) covered.add(line);
      }
    }
  });
  console.log(
    `${alerts.size} alert lines, ${covered.size} of them in the first 30 findings (${((100 * covered.size) / alerts.size).toFixed(1)} %)`,
  );
  console.log(
    `${findings.length} findings hold ${told.size} of ${second.length} lines (${((100 * told.size) / second.length).toFixed(2)} %)`,
  );
}

/** One million lines: HDFS_2pct again and again, its blocks renamed each time, its times going on. */
async function million({ data, fit, scan, file }) {
  const lines = unpacked(data, 'hdfs/HDFS_2pct.log.gz');
  const many = [];
  for (let round = 0; many.length < 1e6; round++) {
    for (const line of lines) {
      if (many.length === 1e6) break;
      const day = String(9 + round * 3 + Number(line.slice(4, 6)) - 9).padStart(2, '0');
      many.push(`${line.slice(0, 4)}${day}${line.slice(6).replace(/blk_-?\d/g, (id) => `${id}${round}`)}`);
    }
  }
  const log = write(file('million'), many);
  const memory = () => Math.round(process.resourceUsage().maxRSS / 1024);
  const fitted = await fit(log, file('bundle'));
  console.log(`model: ${fitted.order}; ${fitted.account.linesIn} lines read`);
  console.log(
    `fit ${fitted.seconds.toFixed(1)} s, ${Math.round(1e6 / fitted.seconds)} lines/s, at most ${memory()} MB so far`,
  );
  const { seconds, all } = await scan(log, file('bundle'), 30);
  console.log(
    `scan ${seconds.toFixed(1)} s, ${Math.round(1e6 / seconds)} lines/s, ${all} findings, at most ${memory()} MB so far`,
  );
}

/** Two build logs of 10,000 lines, one with a failure in it. */
async function diff({ diff: compare, file, Random, seed }) {
  const random = new Random(seed, 'build');
  const build = () => Array.from({ length: 10_000 }, (_, i) => step(i, random));
  const good = write(file('good.log'), build());
  const lines = build();
  lines.splice(7000, 0, 'src/core/cache.c:218:9: error: implicit declaration of function cache_evict');
  const { seconds, findings, all } = await compare(good, write(file('bad.log'), lines));
  const rank = findings.findIndex(({ evidence }) => evidence.some(({ text }) => text.includes('cache_evict')));
  console.log(`${seconds.toFixed(2)} s, ${all} findings, the failure is number ${rank + 1}`);
  writeFileSync(file('unused'), '');
}

function step(i, random) {
  const file = `src/${random.pick(['core', 'net', 'ui', 'util'])}/${random.pick(['cache', 'list', 'socket', 'view', 'main'])}${random.int(40)}.c`;
  return random.pick([
    `[${Math.floor(i / 100)}%] Building C object ${file}.o`,
    `cc -O2 -Wall -c ${file} -o ${file}.o`,
    `-- Installing: /usr/local/include/${file}`,
    `Test #${i}: ${file} ....   Passed    ${(random.int(900) / 100).toFixed(2)} sec`,
  ]);
}

function cell(text) {
  const short = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return `\`${short.replace(/\|/g, '\\|').replace(/`/g, "'")}\``;
}
