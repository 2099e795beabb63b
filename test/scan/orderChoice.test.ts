import { expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { choose, disturb } from '../../src/scan/orderChoice.js';
import type { OrderScorer } from '../../src/scan/orderModel.js';
import { EVERY_PAIR } from './logs.js';

const TEMPLATES = Int32Array.of(0, 1, 2, 3);
const part = (n: number) => Array.from({ length: n }, () => Int32Array.from(EVERY_PAIR));
const parts = { train: part(20), stopping: part(50), choice: part(50) };

/** A scorer that calls a sequence as surprising as `bits` says. */
function scoring(bits: (normal: boolean, call: number) => number): OrderScorer {
  let call = 0;
  return {
    score: async (sequences) => {
      call++;
      return sequences.map((events) => ({
        bits: bits(events.join() === EVERY_PAIR.join(), call),
        at: 0,
        expected: -1,
      }));
    },
    knows: () => true,
    dispose: async () => {},
  };
}

const chosen = async (scorer: OrderScorer) =>
  choose(parts, await disturb(parts, TEMPLATES, new Random(1, 'test')), scorer);

it('keeps a model that finds what counts and neighbours leave', async () => {
  const { keep, why } = await chosen(scoring((normal) => (normal ? 1 : 9)));
  expect(keep).toBe(true);
  expect(why).toMatch(
    /of 50 disturbed sessions rules and counts leave (\d+), of which it finds \1, with 0 alarms on 50/,
  );
});

it('drops a model that tells nothing apart, and one that gives alarms on what is undisturbed', async () => {
  expect((await chosen(scoring(() => 5))).keep).toBe(false);
  expect((await chosen(scoring((normal, call) => (normal && call === 1 ? 1 : 9)))).keep).toBe(false);
});

it('asks no more for a template that undisturbed sessions have where it is unlikely', async () => {
  const excepts: number[][] = [];
  const scorer: OrderScorer = {
    score: async (sequences, except = new Set()) => {
      excepts.push([...except]);
      return sequences.map((events, i) => ({
        bits: excepts.length === 2 && i === 0 && !except.has(events[2]) ? 9 : 1,
        at: 2,
        expected: -1,
      }));
    },
    knows: () => true,
    dispose: async () => {},
  };
  const { unsure } = await chosen(scorer);
  expect(excepts[0]).toEqual([]);
  expect(excepts.at(-1)).toEqual([...unsure]);
  expect(unsure.has(EVERY_PAIR[2])).toBe(true);
});
