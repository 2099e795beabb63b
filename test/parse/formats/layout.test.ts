import { describe, expect, it } from 'vitest';
import { FORMATS, type Format, formatNamed } from '../../../src/parse/formats/formats.js';
import { Layout } from '../../../src/parse/formats/layout.js';

function fields(format: Format, line: string, names: string[]) {
  const layout = new Layout(format.layouts[0], format);
  const bytes = Buffer.from(line);
  if (!layout.scan(bytes, 0, bytes.length)) return undefined;
  const values = names.map((name) => {
    const i = layout.indexOf(name);
    return bytes.toString('utf8', layout.starts[i], layout.ends[i]);
  });
  return { values, content: bytes.toString('utf8', layout.contentStart), time: layout.time(bytes) };
}

function hdfsTime(date: string, time: string): number | undefined {
  return fields(FORMATS.hdfs, `${date} ${time} 1 INFO c: x`, [])?.time;
}

describe('layout', () => {
  it('finds the fields of a line', () => {
    expect(fields(FORMATS.hdfs, FORMATS.hdfs.example, ['Pid', 'Level', 'Component'])).toEqual({
      values: ['143', 'INFO', 'dfs.DataNode$DataXceiver'],
      content: 'Receiving block blk_-1608999687919862906 src: /10.250.19.102:54106',
      time: Date.UTC(2008, 10, 9, 20, 35, 18),
    });
  });

  it('takes empty content, its trailing blank lost or not, and more blanks than one', () => {
    for (const line of ['081109 203518 1 INFO c: ', '081109 203518 1 INFO c:', '081109   203518 1  INFO c:   ']) {
      expect(fields(FORMATS.hdfs, line, ['Level'])).toMatchObject({ values: ['INFO'], content: '' });
    }
  });

  it.each([
    '',
    'x',
    '081109',
    '081109 203518 1 INFO c',
    '08110a 203518 1 INFO c: x',
    ' 081109 203518 1 INFO c: x',
    '081109 203518 1 info c: x',
  ])('refuses %j', (line) => expect(fields(FORMATS.hdfs, line, [])).toBeUndefined());

  it('reads literal text before the first field, and any order of fields', () => {
    const format: Format = {
      title: '',
      layouts: [{ layout: '[<Level>] <Day>T<Time>| <Content>' }],
      fields: { Level: '\\w+', Day: '\\d+-\\d+-\\d+', Time: '[\\d:.]+' },
      time: { fields: ['Day', 'Time'], pattern: 'yyyy-MM-dd HH:mm:ss.SSS' },
      example: '',
    };
    expect(fields(format, '[WARN] 2024-02-29T23:59:59.123| a b', ['Level'])).toEqual({
      values: ['WARN'],
      content: 'a b',
      time: Date.UTC(2024, 1, 29, 23, 59, 59, 123),
    });
  });

  it('says so when the time is none', () => {
    expect(hdfsTime('081109', '203518')).toBe(Date.UTC(2008, 10, 9, 20, 35, 18));
    expect(hdfsTime('700101', '000000')).toBe(0);
    expect(hdfsTime('691231', '235959')).toBe(Date.UTC(2069, 11, 31, 23, 59, 59));
    for (const date of ['081309', '080230', '080431', '081100']) expect(hdfsTime(date, '000000')).toBeNaN();
    for (const time of ['240000', '006000', '000061']) expect(hdfsTime('081109', time)).toBeNaN();
  });

  it('agrees with Date on every day of a century', () => {
    const layout = new Layout(FORMATS.hdfs.layouts[0], FORMATS.hdfs);
    for (let day = 0; day < 365.25 * 99; day++) {
      const digits = new Date(day * 86_400_000).toISOString().slice(2, 10).replaceAll('-', '');
      const bytes = Buffer.from(`${digits} 010203 1 INFO c: x`);
      layout.scan(bytes, 0, bytes.length);
      if (layout.time(bytes) !== day * 86_400_000 + 3_723_000) throw new Error(`wrong on day ${digits}`);
    }
  });

  it('knows its formats by name', () => {
    expect(() => formatNamed('toString')).toThrow("There is no line format 'toString'. Known: auto, hdfs, ");
  });
});
