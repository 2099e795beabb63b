// Sessions of HDFS_2pct that are normal by their labels, each disturbed in one way: how many of them are in a finding.
import { halves, hdfsLabels, unpacked, write } from './data.mjs';

const EACH = 60;
const WAYS = {
  dropped: (lines, at) => [...lines.slice(0, at), ...lines.slice(at + 1)],
  swapped: (lines, at) => [...lines.slice(0, at), lines[at + 1], lines[at], ...lines.slice(at + 2)],
  replaced: (lines, at, other) => [...lines.slice(0, at), other, ...lines.slice(at + 1)],
};

/** With the sequence model and without. */
export async function disturbed(context) {
  const { data, file, seed, Random, scan } = context;
  const [first, second] = halves(unpacked(data, 'hdfs/HDFS_2pct.log.gz'));
  const log = write(file('a'), first);
  const undisturbed = write(file('b'), second);
  const change = disturb(first, second, await hdfsLabels(data), new Random(seed, 'disturbed'));
  const changed = write(file('c'), change.lines);
  console.log(`| | ${Object.keys(WAYS).join(' | ')} | findings undisturbed |\n|---|---|---|---|---|`);
  for (const [name, fit] of [
    ['without', context.fitWithout],
    ['with', context.fit],
  ]) {
    const { order } = await fit(log, file('bundle'));
    const before = await scan(undisturbed, file('bundle'));
    const known = new Set(before.findings.flatMap(({ sessions }) => sessions));
    const told = new Set((await scan(changed, file('bundle'))).findings.flatMap(({ sessions }) => sessions));
    const found = (ids) => `${ids.filter((id) => told.has(id) && !known.has(id)).length} of ${ids.length}`;
    console.log(`| ${name}: ${order} | ${Object.values(change.sessions).map(found).join(' | ')} | ${before.all} |`);
  }
}

/** Lines of a session stay where its lines were; a line that is dropped leaves no place. */
function disturb(first, second, anomalies, random) {
  const begun = new Set(first.flatMap((line) => line.match(/blk_-?\d+/g) ?? []));
  const places = new Map();
  second.forEach((line, i) => {
    const ids = new Set(line.match(/blk_-?\d+/g) ?? []);
    if (ids.size !== 1) return;
    const [id] = ids;
    if (begun.has(id) || anomalies.has(id)) return;
    places.set(id, [...(places.get(id) ?? []), i]);
  });
  const ids = random.shuffle([...places.keys()].filter((id) => places.get(id).length >= 8));
  const lines = [...second];
  const sessions = {};
  Object.entries(WAYS).forEach(([way, change], w) => {
    sessions[way] = ids.slice(w * EACH, (w + 1) * EACH);
    for (const id of sessions[way]) {
      const at = places.get(id);
      const other = ids[random.int(ids.length)];
      const strange = second[random.pick(places.get(other))].replaceAll(other, id);
      const own = at.map((i) => second[i]);
      const changed = change(own, random.int(own.length - 2), strange);
      for (const [i, place] of at.entries()) lines[place] = changed[i];
    }
  });
  return { lines: lines.filter((line) => line !== undefined), sessions };
}
