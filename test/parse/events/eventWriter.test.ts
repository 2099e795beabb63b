import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchScanner } from '../../../src/parse/batchScanner.js';
import { Cluster } from '../../../src/parse/drain/drain.js';
import { readEvents } from '../../../src/parse/events/eventReader.js';
import { ROW_GROUP } from '../../../src/parse/events/eventSchema.js';
import { EventWriter } from '../../../src/parse/events/eventWriter.js';
import { formatNamed } from '../../../src/parse/formats/formats.js';
import { NO_TEMPLATE } from '../../../src/parse/lineParser.js';
import { batchOf, hdfsLine, withFolder } from '../fixtures.js';

interface Row {
  id: number;
  offset: number;
  template: number;
  lines: number;
}

/** Writes batches of rows, one line each, and reads them back. */
async function writtenAndRead(batches: readonly (readonly Row[])[]): Promise<unknown[]> {
  const scanner = new BatchScanner({
    format: formatNamed('hdfs'),
    masks: [{ name: 'BLOCK', pattern: 'blk_-?\\d+' }],
    delimiters: [],
    join: undefined,
    pack: false,
  });
  return withFolder(async (dir) => {
    const path = join(dir, 'events.parquet');
    const writer = await EventWriter.create(path);
    let line = 1;
    for (const rows of batches) {
      const scanned = scanner.run(batchOf(rows.map(({ id }) => hdfsLine(`Got blk_${id} from é`, id))));
      writer.begin(
        scanned,
        Buffer.from('a.log'),
        line,
        Float64Array.from(rows, ({ offset }) => offset),
      );
      for (const [i, { template, lines }] of rows.entries()) {
        const cluster = new Cluster(template, ['Got', '<BLOCK>', 'from', '<*>'], 1);
        writer.add(i, template === NO_TEMPLATE ? undefined : cluster);
        if (lines > 1) writer.setLines(i, lines);
      }
      writer.end();
      line += rows.length;
    }
    writer.finish();
    await writer.close();
    const found: unknown[] = [];
    for await (const batch of readEvents(path, ['line', 'offset', 'template', 'lines', 'sessions', 'parameters'])) {
      for (let i = 0; i < batch.length; i++) {
        const { line, offset, template, lines, sessions, parameters } = batch;
        found.push([line[i], offset[i], template[i], lines[i], sessions[i], parameters[i]]);
      }
    }
    return found;
  });
}

function expected(batches: readonly (readonly Row[])[]): unknown[] {
  return batches.flat().map(({ id, offset, template, lines }, i) => {
    const parameters = template === NO_TEMPLATE ? [] : [`blk_${id}`, 'é'];
    return [i + 1, offset, template, lines, [`blk_${id}`], parameters];
  });
}

describe('events.parquet', () => {
  it('gives back what was written, however far its numbers are apart', async () => {
    const row = fc.record({
      id: fc.nat(),
      offset: fc.oneof(fc.nat(200), fc.constantFrom(0, 2 ** 31, 2 ** 40, 2 ** 44 - 1)),
      template: fc.oneof(fc.integer({ min: NO_TEMPLATE, max: 3 }), fc.constant(2 ** 31 - 1)),
      lines: fc.constantFrom(1, 1, 1, 2, 70_000),
    });
    const batches = fc.array(fc.array(row, { minLength: 1, maxLength: 200 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        expect(await writtenAndRead(all)).toEqual(expected(all));
      }),
      { numRuns: 20 },
    );
  });

  it('begins a row group behind the last row that there is room for', async () => {
    const rows = Array.from({ length: ROW_GROUP + 3 }, (_, i) => ({
      id: i % 999,
      offset: i * 100,
      template: 0,
      lines: 1,
    }));
    const batches = [rows.slice(0, 60_000), rows.slice(60_000, ROW_GROUP), rows.slice(ROW_GROUP)];
    const found = await writtenAndRead(batches);
    expect(JSON.stringify(found)).toBe(JSON.stringify(expected(batches)));
  });
});
