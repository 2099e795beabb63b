import { describe, expect, it } from 'vitest';
import { TimeRule } from '../../../src/parse/formats/timeRule.js';

/** Time of each text by one rule, in their order. */
function times(pattern: string, texts: string[], year?: number): (string | null)[] {
  const rule = new TimeRule({ fields: ['Time'], pattern }, () => 0, year);
  return texts.map((text) => {
    const bytes = Buffer.from(text);
    const time = rule.read(bytes, { starts: Int32Array.of(0), ends: Int32Array.of(bytes.length) });
    return Number.isNaN(time) ? null : new Date(time).toISOString();
  });
}

describe('time rule', () => {
  it.each([
    ['yyyy-MM-dd HH:mm:ss,SSS', '2015-10-18 18:01:47,978', '2015-10-18T18:01:47.978Z'],
    ['yyyy-MM-ddTHH:mm:ssfZ', '2024-02-29T23:59:59.1239+05:30', '2024-02-29T18:29:59.123Z'],
    ['yyyy-MM-ddTHH:mm:ssfZ', '2024-02-29T23:59:59-0800', '2024-03-01T07:59:59.000Z'],
    ['yyyy-MM-ddTHH:mm:ssfZ', '2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['EEE MMM d HH:mm:ssf yyyy', 'Sun Dec 4 04:47:44.5 2005', '2005-12-04T04:47:44.500Z'],
    ['yyyyMMdd-H:m:s:S', '20171223-2:5:9:86', '2017-12-23T02:05:09.086Z'],
    ['X', '1117838570', '2005-06-03T22:42:50.000Z'],
    ['Xf', '1117838570.25', '2005-06-03T22:42:50.250Z'],
    ['x', '1117838570250', '2005-06-03T22:42:50.250Z'],
  ])('%s reads %s', (pattern, text, time) => expect(times(pattern, [text])).toEqual([time]));

  it.each([
    ['yyyy-MM-dd', '2024-02-30'],
    ['yyyy-MM-dd', '2024-02-2'],
    ['yyyy-MM-dd', '2024-02-20x'],
    ['yyyy-MM-dd', '9999-01-01'],
    ['MMM d', 'Foo 1'],
    ['HH:mm', '1x:00'],
    ['X', '99999999999999999999'],
    ['ssZ', '10+1'],
  ])('%s refuses %s', (pattern, text) => expect(times(pattern, [text])).toEqual([null]));

  it('goes on to the next year at New Year, and back for a line that comes late', () => {
    const lines = [
      'Nov 30 10:00:00',
      'Dec 31 23:59:59',
      'Jan 1 00:00:00',
      'Dec 31 23:59:58',
      'Jan 2 00:00:00',
      'Feb 29 00:00:00',
    ];
    expect(times('MMM d HH:mm:ss', lines, 2023).map((time) => time?.slice(0, 10))).toEqual([
      '2023-11-30',
      '2023-12-31',
      '2024-01-01',
      '2023-12-31',
      '2024-01-02',
      '2024-02-29',
    ]);
  });

  it('assumes a leap year', () => expect(times('MMM d', ['Feb 29'])).toEqual(['2000-02-29T00:00:00.000Z']));
});
