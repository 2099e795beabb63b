import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Grouping } from '../../src/data/grouping.js';

/** Lines as (template, ids that it names), with few ids so that sessions grow long. */
const lines = fc.array(
  fc.record({
    template: fc.integer({ min: -1, max: 30 }),
    ids: fc.array(fc.constantFrom('blk_1', 'blk_-2', 'blk_3', 'blk_44'), { maxLength: 3 }),
  }),
  { maxLength: 200 },
);

function group(input: { template: number; ids: string[] }[]) {
  const grouping = new Grouping();
  input.forEach(({ template, ids }, row) => {
    grouping.add(row, template, ids);
  });
  return { grouping, ...grouping.finish() };
}

test('each event is in exactly the sessions that its line names, in line order', () => {
  fc.assert(
    fc.property(lines, (input) => {
      const { ids, offsets, events, rows } = group(input);
      ids.forEach((id, i) => {
        const expected = input.flatMap((line, row) =>
          (line.ids as string[]).includes(id) ? [{ row, template: line.template }] : [],
        );
        expect([...rows.subarray(offsets[i], offsets[i + 1])]).toEqual(expected.map(({ row }) => row));
        expect([...events.subarray(offsets[i], offsets[i + 1])]).toEqual(expected.map(({ template }) => template));
      });
      expect(offsets[ids.length]).toBe(events.length);
    }),
  );
});

test('sessions come in order of their first line', () => {
  fc.assert(
    fc.property(lines, (input) => {
      const { ids, offsets, rows } = group(input);
      expect(ids).toEqual([...new Set(input.flatMap((line) => line.ids))]);
      const firstRows = ids.map((_, i) => rows[offsets[i]]);
      expect(firstRows).toEqual(firstRows.toSorted((a, b) => a - b));
    }),
  );
});

test('lines = lines in sessions + lines without id', () => {
  fc.assert(
    fc.property(lines, (input) => {
      const { grouping, rows } = group(input);
      expect(new Set(rows).size + grouping.withoutId).toBe(input.length);
      expect(grouping.inSeveral).toBe(input.filter((line) => new Set(line.ids).size > 1).length);
    }),
  );
});

test('a line that names the same block twice is one event of it', () => {
  expect(group([{ template: 5, ids: ['blk_1', 'blk_1'] }])).toMatchObject({
    ids: ['blk_1'],
    events: Int32Array.of(5),
    grouping: { inSeveral: 0 },
  });
});

test('lists longer than a chunk keep order', () => {
  const grouping = new Grouping();
  for (let row = 0; row < 600_000; row++) grouping.add(row, row % 7, [row % 2 === 0 ? 'even' : 'odd']);
  const { ids, offsets, events, rows } = grouping.finish();
  expect(ids).toEqual(['even', 'odd']);
  expect([...offsets]).toEqual([0, 300_000, 600_000]);
  expect(rows.every((row, i) => row === (i < 300_000 ? 2 * i : 2 * (i - 300_000) + 1))).toBe(true);
  expect(events.every((event, i) => event === rows[i] % 7)).toBe(true);
});
