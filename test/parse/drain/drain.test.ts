import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Drain, type DrainOptions } from '../../../src/parse/drain/drain.js';
import { type Drain3Snapshot, readDrain3Snapshot } from '../../../src/parse/drain/drain3Snapshot.js';
import { parserFromJson, parserJson } from '../../../src/parse/drain/parserState.js';
import { contentScanner } from '../../../src/parse/masks/contentScanner.js';
import { resolveMasks } from '../../../src/parse/masks/masks.js';

const OPTIONS: DrainOptions = { depth: 4, similarity: 0.4, maxChildren: 100 };
const MASKS = resolveMasks(['BLOCK', 'IP', 'PATH']);

interface Golden {
  synthetic: {
    settings: DrainOptions;
    delimiters: string[];
    learn: string[];
    ids: number[];
    clusters: Record<string, string>;
    match: string[];
    matched: number[];
  }[];
  snapshots: { state: string; templates: Record<string, string>; learn: string[]; ids: number[] }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden/drain3.json', import.meta.url), 'utf8'));

function tokens(message: string): string[] {
  return message.split(/\s+/).filter((token) => token !== '');
}

function learn(messages: string[], options = OPTIONS): Drain {
  const drain = new Drain(options);
  for (const message of messages) drain.learn(tokens(message));
  return drain;
}

function templates(drain: Drain): string[] {
  return drain.clusters.map((cluster) => cluster.tokens.join(' '));
}

function byId(drain: Drain): Record<string, string> {
  return Object.fromEntries(drain.clusters.map(({ id, tokens }) => [id, tokens.join(' ')]));
}

function masking(delimiters: string[]): (message: string) => string[] {
  const scanner = contentScanner(MASKS, undefined, delimiters);
  return (message) => {
    const bytes = Buffer.from(message);
    scanner.scan(bytes, 0, bytes.length);
    return scanner.found.maskedTokens();
  };
}

describe('Drain', () => {
  it('learns templates from messages', () => {
    const drain = learn(['user anna logged in', 'user bert logged in', 'disk full', 'user carl logged out']);
    expect(templates(drain)).toEqual(['user <*> logged <*>', 'disk full']);
  });

  it('tells messages of different length apart', () => {
    expect(templates(learn(['a b c', 'a b c d']))).toEqual(['a b c', 'a b c d']);
  });

  it('leads tokens with digits to the wildcard branch', () => {
    expect(templates(learn(['42 bytes read now', '43 bytes read now']))).toEqual(['<*> bytes read now']);
  });

  it('only matches after learning, exactly but for wildcards', () => {
    const drain = learn(['user anna logged in', 'user bert logged in']);
    const before = templates(drain);
    expect(drain.match(tokens('user zoe logged in'))?.id).toBe(0);
    expect(drain.match(tokens('user zoe logged out'))).toBeUndefined();
    expect(templates(drain)).toEqual(before);
  });

  it('finds a template behind another branch of the tree', () => {
    const drain = learn(['first a b c', 'first a b d'], { depth: 5, similarity: 0.4, maxChildren: 100 });
    drain.clusters[0].tokens = ['<*>', 'a', 'b', '<*>'];
    expect(drain.match(tokens('second a b c'))?.id).toBe(0);
  });

  it('keeps messages without a token in one cluster', () => {
    expect(templates(learn(['', ' ', 'a']))).toEqual(['', 'a']);
  });

  it('changes its version when, and only when, it has learnt something', () => {
    const drain = learn(['a b c']);
    const version = drain.version(3);
    drain.learn(['a', 'b', 'c']);
    expect(drain.version(3)).toBe(version);
    drain.learn(['a', 'b', 'd']);
    expect(drain.version(3)).not.toBe(version);
    expect(drain.version(4)).toBe(0);
  });

  it('gives up the cluster that was learnt from longest ago', () => {
    const drain = learn(['a b', 'c d', 'a b', 'e f'], { ...OPTIONS, maxClusters: 2 });
    expect(drain.clusters.map(({ id }) => id)).toEqual([0, 2]);
    expect(drain.match(['c', 'd'])).toBeUndefined();
    expect(drain.learn(['c', 'd']).id).toBe(3);
    expect(drain.match(['a', 'b'])).toBeUndefined();
  });

  it('lets the last token lead on request, as in the Drain of logparser', () => {
    const options = { ...OPTIONS, depth: 5 };
    const messages = ['lock true', 'lock false'];
    expect(templates(learn(messages, options))).toEqual(['lock <*>']);
    expect(templates(learn(messages, { ...options, lastTokenLeads: true }))).toEqual(messages);
  });

  it.each(golden.synthetic)('gives what Drain3 gives, with $settings $delimiters', (expected) => {
    const masked = masking(expected.delimiters);
    const drain = new Drain(expected.settings);
    expect(expected.learn.map((message) => drain.learn(masked(message)).id)).toEqual(expected.ids);
    expect(byId(drain)).toEqual(expected.clusters);
    expect(expected.match.map((message) => drain.match(masked(message))?.id ?? -1)).toEqual(expected.matched);
  });

  it.each(golden.snapshots)('goes on from a snapshot of Drain3 as Drain3 does (%#)', (expected) => {
    const { drain, delimiters } = readDrain3Snapshot(expected.state) as Drain3Snapshot;
    expect(byId(drain)).toEqual(expected.templates);
    const saved = parserFromJson(parserJson({ masks: MASKS, delimiters, drain }));
    const masked = masking(saved.delimiters);
    expect(expected.learn.map((message) => saved.drain.learn(masked(message)).id)).toEqual(expected.ids);
  });

  it('refuses a snapshot that it does not understand', () => {
    expect(readDrain3Snapshot('{"format": "logbert-parser"}')).toBeUndefined();
    expect(() => readDrain3Snapshot('{"py/object": "drain3.jaccard_drain.JaccardDrain"}')).toThrow('JaccardDrain');
    expect(() => readDrain3Snapshot('{"py/object": "drain3.drain.Drain", "py/state": {}}')).toThrow(
      /log_cluster_depth/,
    );
  });

  it('goes on after save and load as if nothing had been', () => {
    const word = fc.constantFrom('a', 'b', 'c', '<*>', 'x1', '__proto__', 'é');
    const limits = fc.constantFrom(undefined, 1, 3);
    const messages = fc.array(fc.array(word, { maxLength: 4 }), { maxLength: 40 });
    fc.assert(
      fc.property(messages, messages, fc.integer({ min: 3, max: 6 }), limits, (first, second, depth, maxClusters) => {
        const drain = new Drain({ ...OPTIONS, depth, maxChildren: 3, maxClusters });
        for (const message of first) drain.learn(message);
        const loaded = parserFromJson(parserJson({ masks: MASKS, delimiters: [], drain })).drain;
        expect(templates(loaded)).toEqual(templates(drain));
        for (const message of second) expect(loaded.match(message)?.id).toBe(drain.match(message)?.id);
        for (const message of second) expect(loaded.learn(message).id).toBe(drain.learn(message).id);
        expect(parserJson({ masks: MASKS, delimiters: [], drain: loaded })).toBe(
          parserJson({ masks: MASKS, delimiters: [], drain }),
        );
      }),
    );
  });
});
