import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchScanner } from '../../src/parse/batchScanner.js';
import { Drain } from '../../src/parse/drain/drain.js';
import { type ParserState, parserFromJson, parserJson } from '../../src/parse/drain/parserState.js';
import { Message, TemplateFinder } from '../../src/parse/drain/templateFinder.js';
import { readEventRows } from '../../src/parse/events/eventReader.js';
import { EventWriter } from '../../src/parse/events/eventWriter.js';
import { formatNamed } from '../../src/parse/formats/formats.js';
import { LineParser } from '../../src/parse/lineParser.js';
import { batchOf, hdfsLine, withFolder } from './fixtures.js';

const OPTIONS = { depth: 4, similarity: 0.5, maxChildren: 100 };

function stateOf(options = {}): ParserState {
  return { masks: [], delimiters: [], drain: new Drain({ ...OPTIONS, ...options }) };
}

function reader(state: ParserState): (content: string) => LineParser {
  const parser = new LineParser(formatNamed('hdfs'), state);
  return (content) => {
    const bytes = Buffer.from(hdfsLine(content));
    expect(parser.parse(bytes, 0, bytes.length)).toBe(true);
    return parser;
  };
}

describe('LineParser', () => {
  it('learns what Drain alone learns, though it remembers messages, where clusters are few', () => {
    const state = stateOf({ maxClusters: 2 });
    const read = reader(state);
    const alone = new Drain({ ...OPTIONS, maxClusters: 2 });
    const messages = ['a b', 'c d', 'a b', 'e f', 'c d', 'e f', 'g h', 'e f', 'c d', 'a b', 'g h', 'a b'];
    for (const message of messages) {
      expect(read(message).line.cluster?.id).toBe(alone.learn(message.split(' ')).id);
    }
  });

  it('gives a line of a merged cluster the one that it was merged into, and its own parameters in an event', async () => {
    const state = stateOf();
    const read = reader(state);
    for (const message of ['up 1 now ok', 'up 2 now ok', 'went up']) read(message);
    state.drain.clusters[0].mergedInto = state.drain.clusters[1];
    const loaded = parserFromJson(parserJson(state));
    expect(reader(loaded)('up 3 now ok').line.cluster?.id).toBe(1);
    await withFolder(async (dir) => {
      const scanner = new BatchScanner({ ...loaded, format: formatNamed('hdfs'), join: undefined, pack: false });
      const scanned = scanner.run(batchOf([hdfsLine('up 3 now ok')]));
      const path = join(dir, 'events.parquet');
      const writer = await EventWriter.create(path);
      writer.begin(scanned, Buffer.from('a.log'), 1, Float64Array.of(0));
      writer.add(0, new TemplateFinder(loaded.drain).find(new Message(scanned.added[0])));
      writer.end();
      writer.finish();
      await writer.close();
      expect(await readEventRows(path, [0], ['template', 'parameters'])).toEqual([
        { row: 0, template: 1, parameters: ['3'] },
      ]);
    });
  });
});
