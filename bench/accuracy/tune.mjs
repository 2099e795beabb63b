// Finds settings of Drain for each sample of Loghub:
//   node bench/accuracy/tune.mjs [--seed N --rounds N --half first|second --out FILE --data FOLDER]
//
// A seeded search: random settings, then changes of one setting at a time as long as one helps. It sees one half
// of a sample only, and scores settings by grouping accuracy and FGA, each learnt anew on that half and on the two halves
// of it, so that what fits one stretch of a log by chance counts less. Writes tuned.json; `npm run bench accuracy --
// --profile tuned` reports both halves.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { accuracyOf } from '../../dist/parse/drain/accuracy.js';
import { Drain } from '../../dist/parse/drain/drain.js';
import { contentScanner } from '../../dist/parse/masks/contentScanner.js';
import { MASKS, resolveMasks } from '../../dist/parse/masks/masks.js';
import { Random } from '../../dist/random.js';
import { readSample } from './samples.mjs';

const SPACE = {
  depth: [3, 4, 5, 6, 7, 8],
  similarity: [0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9],
  lastTokenLeads: [false, true],
  parametrizeNumericTokens: [true, false],
  extraDelimiters: [
    [],
    ['='],
    [':'],
    ['=', ':'],
    [','],
    ['=', ','],
    ['=', ':', ','],
    ['|'],
    ['(', ')'],
    ['=', '[', ']'],
  ],
  // Whether masks write the wildcard in place of their names.
  wildcards: [false, true],
  benchmark: [false, true],
  ...Object.fromEntries(Object.keys(MASKS).map((name) => [name, [false, true]])),
};

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.LOGBERT_TEST_DATA ?? '../shared/data' },
    seed: { type: 'string', default: '42' },
    rounds: { type: 'string', default: '3' },
    half: { type: 'string', default: 'first' },
    out: { type: 'string', default: 'tuned.json' },
  },
});
const benchmark = JSON.parse(readFileSync(new URL('benchmark.json', import.meta.url), 'utf8'));
const tuned = {};
for (const [system, { published, drain }] of Object.entries(benchmark)) {
  const { messages, truth } = readSample(values.data, system);
  const half = messages.length / 2;
  const range = values.half === 'first' ? [0, half] : [half, messages.length];
  const judge = judgeOf(messages.slice(...range), truth.slice(...range), drain.masks);
  const { settings, score } = search(judge, new Random(Number(values.seed), 'tune', system));
  console.log(`${system}: ${score.toFixed(4)}`);
  tuned[system] = { published, drain: drainOf(settings, drain.masks) };
}
writeFileSync(new URL(values.out, import.meta.url), `${JSON.stringify(tuned, null, 2)}\n`);

function search(judge, random) {
  let best = { score: -1 };
  for (let round = 0; round < Number(values.rounds); round++) {
    let found = { score: -1 };
    for (let i = 0; i < 40; i++) found = better(found, draw(random), judge);
    for (let last = -1; found.score > last; ) {
      last = found.score;
      for (const [name, choices] of shuffled(Object.entries(SPACE), random)) {
        for (const choice of choices) found = better(found, { ...found.settings, [name]: choice }, judge);
      }
    }
    if (found.score > best.score) best = found;
  }
  return best;
}

function better(found, settings, judge) {
  const score = judge(settings);
  return score > found.score ? { settings, score } : found;
}

function draw(random) {
  return Object.fromEntries(
    Object.entries(SPACE).map(([name, choices]) => [name, choices[random.int(choices.length)]]),
  );
}

function shuffled(list, random) {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** Score of settings; tokens and scores are remembered. */
function judgeOf(messages, truth, own) {
  const tokens = new Map();
  const scores = new Map();
  const tokensOf = (masks, delimiters) => {
    const key = JSON.stringify([masks, delimiters]);
    if (!tokens.has(key)) {
      if (tokens.size > 200) tokens.clear();
      const scanner = contentScanner(resolveMasks(masks), undefined, delimiters);
      const scan = (message) => {
        const bytes = Buffer.from(message);
        scanner.scan(bytes, 0, bytes.length);
        return scanner.found.maskedTokens();
      };
      tokens.set(key, messages.map(scan));
    }
    return tokens.get(key);
  };
  return (settings) => {
    const key = JSON.stringify(settings);
    if (!scores.has(key)) {
      const { masks, extraDelimiters, ...options } = drainOf(settings, own);
      const lists = tokensOf(masks, extraDelimiters);
      const parts = [
        [0, 1],
        [0, 0.5],
        [0.5, 1],
      ].map((part) => part.map((share) => share * messages.length));
      const parsed = parts.map(([from, to]) => scoreOf(lists.slice(from, to), truth.slice(from, to), options));
      // Equal scores go to fewer masks.
      scores.set(key, (parsed[0] * 2 + parsed[1] + parsed[2]) / 4 - masks.length * 1e-5);
    }
    return scores.get(key);
  };
}

function scoreOf(lists, truth, options) {
  const drain = new Drain({ maxChildren: 100, ...options });
  const clusters = lists.map((list) => drain.learn(list));
  const texts = clusters.map(({ tokens }) => tokens.join(' ').replace(/<[A-Z]\w*>/g, '<*>'));
  const { ga, fga } = accuracyOf(truth, texts);
  return ga + 0.25 * fga;
}

/** The section `drain` of a configuration. */
function drainOf({ wildcards, benchmark: withOwn, extraDelimiters, ...settings }, own) {
  const named = Object.keys(MASKS).filter((name) => settings[name]);
  const masks = wildcards ? named.map((name) => ({ name: '*', pattern: MASKS[name] })) : named;
  const { depth, similarity, lastTokenLeads, parametrizeNumericTokens } = settings;
  return {
    depth,
    similarity,
    lastTokenLeads,
    parametrizeNumericTokens,
    extraDelimiters,
    masks: withOwn ? [...own, ...masks] : masks,
  };
}
