import { expect, it } from 'vitest';
import type { Calibrated } from '../../src/scan/calibrate.js';
import type { Events } from '../../src/scan/events.js';
import { chooseThreshold } from '../../src/scan/threshold.js';

const HOUR = 3_600_000;
/** Forty-eight hours judged, in which twenty findings came up. */
const events = { time: Float64Array.from({ length: 97 }, (_, i) => i * HOUR), rows: 97 } as unknown as Events;
const calibrated = { border: 48, scores: Array.from({ length: 20 }, (_, i) => 20 - i) } as unknown as Calibrated;

it('is five bits unless somebody asks for more', () => {
  expect(chooseThreshold(calibrated, events, {})).toMatchObject({ bits: 5 });
});

it('lets as many findings a day through as are asked for', () => {
  const { bits } = chooseThreshold(calibrated, events, { alarmsPerDay: 3 });
  expect(calibrated.scores.filter((score) => score >= bits)).toHaveLength(6);
});

it('leaves out the share that the quantile names', () => {
  const { bits } = chooseThreshold(calibrated, events, { quantile: 0.9 });
  expect(calibrated.scores.filter((score) => score >= bits)).toHaveLength(2);
});
