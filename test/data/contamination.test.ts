import { expect, it } from 'vitest';
import { contaminate } from '../../src/data/contamination.js';
import { EXCLUDED, TEST, TRAIN, VALIDATION } from '../../src/data/sessions.js';

const times = (n: number, value: number) => Array<number>(n).fill(value);
const normal = [...times(171, TRAIN), ...times(19, VALIDATION), ...times(100, TEST)];

function split(abnormal: number[]) {
  const splits = Uint8Array.from([...normal, ...abnormal]);
  return { splits, labels: Int8Array.from(splits, (_, i) => (i < normal.length ? 0 : 1)) };
}

const count = (splits: Uint8Array, which: number) => splits.filter((one) => one === which).length;

it('takes anomalies from the training side and leaves the test alone', () => {
  const found = contaminate(split([...times(30, EXCLUDED), ...times(30, TEST)]), 0.05, 0.1, 1);
  expect([TRAIN, VALIDATION, TEST, EXCLUDED].map((which) => count(found, which))).toEqual([180, 20, 130, 20]);
  expect(found.subarray(0, normal.length)).toEqual(Uint8Array.from(normal));
});

it('takes them from the test where the training side has none', () => {
  const found = contaminate(split(times(30, TEST)), 0.05, 0.1, 1);
  expect([TRAIN, VALIDATION, TEST].map((which) => count(found, which))).toEqual([180, 20, 120]);
});

it('draws by the seed', () => {
  const given = split(times(30, EXCLUDED));
  expect(contaminate(given, 0.05, 0.1, 1)).toEqual(contaminate(given, 0.05, 0.1, 1));
  expect(contaminate(given, 0.05, 0.1, 1)).not.toEqual(contaminate(given, 0.05, 0.1, 2));
});

it('says when there are too few', () => {
  expect(() => contaminate(split(times(3, EXCLUDED)), 0.05, 0.1, 1)).toThrow(
    'split.contamination 0.05 needs 10 abnormal sessions, but the training side has 3.',
  );
});
