import { describe, expect, it } from 'vitest';
import { TEST } from '../../src/data/sessions.js';
import { roll } from '../../src/score/rolling.js';
import { rollingRules } from '../../src/score/rollingRules.js';
import { sessionsOf } from './sessions.js';

/** Training knows event 1; event 2 is new and benign, event 9 is an alert. */
const train = { split: 'train' as const, label: 0, events: [1] };
const benign = { split: 'test' as const, label: 0, events: [1, 2] };
const alert = { split: 'test' as const, label: 1, events: [1, 9] };
const plain = { split: 'test' as const, label: 0, events: [1] };

function rolled(examples: Parameters<typeof sessionsOf>[0], delay: number) {
  const sessions = sessionsOf([train, ...examples]);
  const scores = Float64Array.from(sessions.labels, Number);
  const threshold = { rule: 'made', value: 0.5, chosenOn: 'validation' as const };
  const test = Uint32Array.from(sessions.splits.keys()).filter((i) => sessions.splits[i] === TEST);
  const rules = rollingRules(sessions, { name: 'model', threshold, scores, ranks: true });
  return Object.fromEntries(rules.map((rule) => [rule.name, roll(rule, test, sessions.labels, delay)]));
}

const times = <T>(n: number, item: T): T[] => Array.from({ length: n }, () => item);

describe('rolling', () => {
  it('learns a wrong flag when the answer comes, and counts every window until then', () => {
    for (const [delay, fp] of [
      [0, 1],
      [1, 1],
      [3, 3],
      [100, 10],
    ]) {
      const { 'unseen event': rule } = rolled([...times(10, benign), alert, plain], delay);
      expect(rule).toMatchObject({ tp: 1, fp, fn: 0, alerts: fp + 1, windows: 12, merged: { fp: 1 } });
    }
  });

  it('holds back what has two open flags, and lets it pass once nobody complained', () => {
    const wrong = rolled([...times(10, benign), alert], 5)['unseen event, 2 open'];
    expect(wrong).toMatchObject({ tp: 1, fp: 2, fn: 0 });
    const right = rolled(times(12, alert), 5)['unseen event, 2 open'];
    // Flags at 0 and 1; from 5 on, when the first was right, all are raised.
    expect(right).toMatchObject({ tp: 2 + 7, fn: 3, fp: 0 });
  });

  it('takes a new event that stays for a hundred windows for usual, until it has rested; no operator is asked', () => {
    const { 'unseen until usual': rule } = rolled(
      [...times(150, benign), ...times(4, plain), benign, ...times(6, plain), benign, alert],
      Infinity,
    );
    // A hundred of the first stretch; four windows are no rest, six are.
    expect(rule).toMatchObject({ tp: 1, fp: 101, fn: 0, delay: null });
  });

  it('teaches nothing by windows that were not flagged', () => {
    const { model } = rolled([benign, benign, alert, plain], 0);
    expect(model).toMatchObject({ tp: 1, fp: 0 });
    expect(rolled([plain, benign, benign], 0)['unseen event']).toMatchObject({ fp: 1 });
  });

  it('leaves windows without a label out of the figures, and out of the answers', () => {
    const unlabelled = { ...benign, label: -1 };
    expect(rolled([unlabelled, benign, alert], 0)['unseen event']).toMatchObject({ tp: 1, fp: 1, alerts: 3 });
  });
});
