import { expect, it } from 'vitest';
import { Vocabulary } from '../../src/data/vocabulary.js';
import { loganomaly } from '../../src/model/loganomaly/loganomaly.js';
import { TemplateVectors, wordsOf } from '../../src/model/loganomaly/semantics.js';
import { loganomalySettings } from '../../src/model/loganomaly/settings.js';

const TEXTS = [
  'Receiving block <BLOCK> src: <IP>',
  'Deleting block <BLOCK> file <PATH>',
  'Verification succeeded for <BLOCK>',
];
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const context = { vocabularySize: Vocabulary.SPECIALS + 3, seed: 1, rounds: 1 };
const blank = Array<undefined>(Vocabulary.SPECIALS).fill(undefined);

it('takes words from templates, and none from what masks put in', () => {
  expect(wordsOf('PacketResponder 1 for block <BLOCK> terminating: a')).toEqual([
    'packet',
    'responder',
    'for',
    'block',
    'terminating',
  ]);
});

it('places templates that share rare words nearer than those that share none', () => {
  const vectors = new TemplateVectors(TEXTS, 64, 1);
  const near = cosine(vectors.of(TEXTS[1]), vectors.of('Unexpected error deleting file'));
  const far = cosine(vectors.of(TEXTS[2]), vectors.of('Unexpected error deleting file'));
  expect(near).toBeGreaterThan(far + 0.3);
  expect(cosine(vectors.of(TEXTS[0]), vectors.of(TEXTS[0]))).toBeCloseTo(1, 5);
  expect([...vectors.of('<*> 17')].every((x) => x === 0)).toBe(true);
});

it('takes a template that training never saw for the one nearest in meaning', () => {
  const model = loganomaly(loganomalySettings.parse({}), { ...context, texts: [...blank, ...TEXTS] });
  expect(model.match!('Deleting the block file failed')).toBe(Vocabulary.SPECIALS + 1);
  expect(model.match!('PacketResponder terminating')).toBe(Vocabulary.UNK);
});

it('says what it lacks where templates have no text', () => {
  const model = loganomaly(loganomalySettings.parse({}), {
    ...context,
    texts: [...blank, undefined, undefined, undefined],
  });
  expect(() => model.state()).toThrow(/texts of templates/);
});
