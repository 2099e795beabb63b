import { describe, expect, it } from 'vitest';
import { BatchScanner } from '../../src/parse/batchScanner.js';
import { Drain } from '../../src/parse/drain/drain.js';
import { type ParserState, parserFromJson, parserJson } from '../../src/parse/drain/parserState.js';
import { TemplateFinder } from '../../src/parse/drain/templateFinder.js';
import { formatNamed } from '../../src/parse/formats/formats.js';
import { BatchBuilder, type LineBatch } from '../../src/parse/input/lineBatch.js';
import { LineParser } from '../../src/parse/lineParser.js';
import { Messages, ParsedEvent } from '../../src/parse/parsedEvent.js';
import { EVENT } from '../../src/parse/scannedBatch.js';
import { hdfsLine } from './fixtures.js';

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

  it('gives a line of a merged cluster the one that it was merged into, and its own parameters in an event', () => {
    const state = stateOf();
    const read = reader(state);
    for (const message of ['up 1 now ok', 'up 2 now ok', 'went up']) read(message);
    state.drain.clusters[0].mergedInto = state.drain.clusters[1];
    const loaded = parserFromJson(parserJson(state));
    expect(reader(loaded)('up 3 now ok').line.cluster?.id).toBe(1);
    const bytes = Buffer.from(hdfsLine('up 3 now ok'));
    const builder = new BatchBuilder(0);
    builder.line(bytes, 0, bytes.length, 0, 1);
    const scanner = new BatchScanner({ ...loaded, format: formatNamed('hdfs'), join: undefined });
    const event = new ParsedEvent(scanner.run(builder.take()?.batch as LineBatch), new Messages());
    expect(event.nextKind()).toBe(EVENT);
    event.read(new TemplateFinder(loaded.drain));
    expect(event.cluster?.id).toBe(1);
    const parameters: string[] = [];
    event.parameters((bytes, start, end) => parameters.push(Buffer.from(bytes).toString('utf8', start, end)));
    expect(parameters).toEqual(['3']);
  });
});
