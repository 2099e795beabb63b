import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentScanner } from '../../src/parse/contentScanner.js';
import { Drain, type DrainOptions } from '../../src/parse/drain.js';
import { resolveMasks } from '../../src/parse/masks.js';
import { parserFromJson, parserJson } from '../../src/parse/parserState.js';

const OPTIONS: DrainOptions = { depth: 4, similarity: 0.4, maxChildren: 100 };
const MASKS = resolveMasks(['BLOCK', 'IP', 'PATH']);

interface Golden {
  synthetic: {
    settings: DrainOptions;
    learn: string[];
    ids: number[];
    templates: string[];
    match: string[];
    matched: number[];
  }[];
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

  it.each(golden.synthetic)('gives what Drain3 gives, with $settings', ({ settings, ...expected }) => {
    const scanner = contentScanner(MASKS, undefined);
    const masked = (message: string) => {
      const bytes = Buffer.from(message);
      scanner.scan(bytes, 0, bytes.length);
      return scanner.found.maskedTokens();
    };
    const drain = new Drain(settings);
    expect(expected.learn.map((message) => drain.learn(masked(message)).id)).toEqual(expected.ids);
    expect(templates(drain)).toEqual(expected.templates);
    expect(expected.match.map((message) => drain.match(masked(message))?.id ?? -1)).toEqual(expected.matched);
  });

  it('goes on after save and load as if nothing had been', () => {
    const word = fc.constantFrom('a', 'b', 'c', '<*>', 'x1', '__proto__', 'é');
    const messages = fc.array(fc.array(word, { maxLength: 4 }), { maxLength: 40 });
    fc.assert(
      fc.property(messages, messages, fc.integer({ min: 3, max: 6 }), (first, second, depth) => {
        const drain = new Drain({ ...OPTIONS, depth, maxChildren: 3 });
        for (const message of first) drain.learn(message);
        const loaded = parserFromJson(parserJson({ masks: MASKS, drain })).drain;
        expect(templates(loaded)).toEqual(templates(drain));
        for (const message of second) expect(loaded.match(message)?.id).toBe(drain.match(message)?.id);
        for (const message of second) expect(loaded.learn(message).id).toBe(drain.learn(message).id);
        expect(parserJson({ masks: MASKS, drain: loaded })).toBe(parserJson({ masks: MASKS, drain }));
      }),
    );
  });
});
