import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { AnomalyEvent, AnomalyGroup } from '../../src/score/report/anomalies.js';
import { anomalySection } from '../../src/score/report/anomalySection.js';

const event = (position: number, surprise: number): AnomalyEvent => ({
  position,
  template: position,
  templateText: `Event ${position}`,
  line: { file: 'logs/app.log', line: 10 + position, text: `raw line ${position}` },
  surprise,
  expected: undefined,
});
const group = (end: AnomalyGroup['end']): AnomalyGroup => ({
  id: 'blk_1',
  score: 1,
  isAlert: true,
  sessions: { anomaly: 1, normal: 0, unlabelled: 0 },
  length: 2,
  events: [event(0, 0.2), event(1, 0.4)],
  end,
});
const shown = (end: AnomalyGroup['end']) => parseHTML(`<main>${anomalySection([group(end)]).text}</main>`).document;

describe('a session that stops too early', () => {
  it('says so first, and what was expected, behind its last line', () => {
    const page = shown({ surprise: 12.3, expected: 'Received block <*>' });
    expect(page.querySelector('.why')?.textContent).toBe('stops where more was expected: Received block <*>');
    const rows = [...page.querySelectorAll('tbody tr')].map((row) => row.textContent?.replace(/\s+/g, ' '));
    expect(rows).toHaveLength(3);
    expect(rows[2]).toContain('12.30');
    expect(rows[2]).toContain('the session endsexpected: Received block <*>');
  });

  it('is not made of one whose end is as expected, or is not scored', () => {
    expect(shown({ surprise: 0.01, expected: undefined }).querySelector('.why')?.textContent).toBe(
      'most surprising: Event 1',
    );
    expect(shown(undefined).querySelectorAll('tbody tr')).toHaveLength(2);
  });
});

it('tells of values that are far off, where they are more unusual than any event', () => {
  const odd = { ...event(1, 0.4), deviations: 35.51 };
  const page = parseHTML(
    `<main>${anomalySection([{ ...group(undefined), events: [event(0, 0.2), odd] }]).text}</main>`,
  );
  expect(page.document.querySelector('.why')?.textContent).toBe('values 35.51 deviations off: Event 1');
  const rows = [...page.document.querySelectorAll('tbody tr')].map((row) => row.textContent);
  expect(rows[0]).not.toContain('deviations');
  expect(rows[1]).toContain('values 35.51 deviations off');
});
