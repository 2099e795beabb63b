import { writeFile } from 'node:fs/promises';
import { writeTable } from '../../src/data/parquet.js';
import { saveSessions } from '../../src/data/sessions.js';
import { Random } from '../../src/random.js';
import { RunFolder } from '../../src/run/folder.js';
import { type Example, sessionsOf } from './sessions.js';

const TEMPLATES = [
  'Receiving block <BLOCK> src: /<IP> dest: /<IP>',
  'BLOCK* NameSystem.allocateBlock: <PATH> <BLOCK>',
  'PacketResponder <*> for block <BLOCK> terminating',
  'Received block <BLOCK> of size <*> from /<IP>',
  'BLOCK* NameSystem.addStoredBlock: blockMap updated: <IP> is added to <BLOCK> size <*>',
  '<IP>:Got exception while serving <BLOCK> to /<IP>:',
];

export interface SyntheticOptions {
  train?: number;
  test?: number;
  anomalyRate?: number;
  /** What the test sessions' labels are; `mixed` by default. */
  labels?: 'mixed' | 'none' | 'normal' | 'anomaly';
  /** Events of one more session, an anomaly; none by default. */
  longest?: number;
}

/** A run folder as `logbert predict` leaves it, with made-up scores: anomalies score higher, mostly. */
export async function syntheticRun(dir: string, options: SyntheticOptions = {}): Promise<RunFolder> {
  const { train = 450, test = 400, anomalyRate = 0.05, labels = 'mixed' } = options;
  const random = new Random('synthetic run');
  const validation = Math.ceil(train / 9);
  const examples: Example[] = [
    ...Array.from({ length: train }, () => ({ split: 'train' as const, label: 0, events: life(random, false) })),
    ...Array.from({ length: validation }, () => ({
      split: 'validation' as const,
      label: 0,
      events: life(random, false),
    })),
    ...Array.from({ length: test }, () => {
      const strange = random.next() < anomalyRate;
      const label = { mixed: Number(strange), none: -1, normal: 0, anomaly: 1 }[labels];
      return { split: 'test' as const, label, events: life(random, strange) };
    }),
  ];
  if (options.longest) {
    examples.push({
      split: 'test',
      label: 1,
      events: Array.from({ length: options.longest }, (_, i) => (i % 2 ? 1 : 5)),
    });
  }
  const sessions = sessionsOf(examples);
  const run = await RunFolder.open(dir, { create: true });
  const none = { from: [], settings: null };
  await saveSessions(run, sessions, none);
  const id = (i: number) => sessions.ids[i];
  const strangeness = examples.map(({ events }) => surprises(events, random));
  const scored = examples.flatMap(({ split }, i) => (split === 'train' ? [] : [i]));
  await run.writeAll(['scores', 'eventScores', 'templates', 'training'], none, async (tmp) => {
    const rows = scored.map((i, sequence) => {
      const nll = strangeness[i].reduce((sum, s) => sum + s, 0) / strangeness[i].length;
      const label = examples[i].label === -1 ? '' : examples[i].label;
      return `${id(i)},${label},${examples[i].split},${examples[i].events.length},${sequence},${nll},${nll}`;
    });
    await writeFile(tmp('scores'), `id,label,split,length,sequence,score,nll\n${rows.join('\n')}\n`);
    writeEventScores(
      tmp('eventScores'),
      scored.map((i) => ({ events: examples[i].events, nll: strangeness[i] })),
    );
    const texts = TEMPLATES.map((text, template) => `${template},"${text}"`);
    await writeFile(tmp('templates'), `id,template\n${texts.join('\n')}\n`);
    await writeFile(tmp('training'), JSON.stringify(trainingCourse(random)));
  });
  return run;
}

/** The events of one block; a strange one fails, stops half-way or has an unknown line. */
function life(random: Random, strange: boolean): number[] {
  const copies = 2 + random.int(3);
  const normal = [
    0,
    1,
    ...random.shuffle([...Array(copies).fill(0), ...Array(copies).fill(2), ...Array(copies).fill(3)]),
    4,
    4,
  ];
  if (!strange) return normal;
  const cut = normal.slice(0, 3 + random.int(normal.length - 3));
  return random.pick([cut, [...cut, 5, 5], [...normal, -1], [...cut, 1, 1, 1]]);
}

function surprises(events: ArrayLike<number>, random: Random): number[] {
  const length = events.length < 10 ? 1.4 : 0;
  return Array.from(events, (event, k) => {
    const odd = event === 5 ? 6 : event < 0 ? 7.5 : event === 1 && k > 1 ? 4 : 0.3;
    return odd * (0.6 + 0.8 * random.next()) + length * random.next();
  });
}

function writeEventScores(path: string, sequences: { events: ArrayLike<number>; nll: number[] }[]): void {
  const flat = sequences.flatMap(({ events, nll }, sequence) =>
    nll.map((value, position) => ({ sequence, position, template: events[position], nll: value })),
  );
  const int32 = (name: string, value: (row: (typeof flat)[number]) => number) => {
    return { name, type: 'int32' as const, data: Int32Array.from(flat, value) };
  };
  writeTable(path, { format: 'logbert-event-scores', version: 1 }, [
    int32('sequence', ({ sequence }) => sequence),
    int32('position', ({ position }) => position),
    int32('template', ({ template }) => template),
    int32('masked', ({ position }) => (position === 2 ? 0 : 3)),
    int32('misses', ({ nll }) => (nll > 2 ? 3 : 0)),
    int32('expected', ({ template, nll }) => (nll > 2 ? 3 : template)),
    { name: 'nll', type: 'float', data: Float32Array.from(flat, ({ nll }) => nll) },
    { name: 'rank', type: 'float', data: Float32Array.from(flat, ({ nll }) => Math.floor(nll)) },
  ]);
}

function trainingCourse(random: Random) {
  const epochs = Array.from({ length: 24 }, (_, i) => {
    const loss = 0.4 + 2.2 * Math.exp(-i / 4);
    const validationLoss = loss + 0.05 + 0.01 * Math.max(0, i - 15) + 0.04 * random.next();
    return { epoch: i + 1, step: (i + 1) * 100, trainLoss: loss, validationLoss, learningRate: 1e-3, seconds: 2 };
  });
  return { format: 'logbert-training', version: 1, epochs, best: 15, seconds: 48 };
}
