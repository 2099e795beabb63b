import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KnownWords } from '../../src/scan/templates.js';

const template = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '<*>'), { maxLength: 6 });
const clusterOf = (tokens: string[], id: number) => ({ id, tokens, size: 1, wild: [] }) as never;

it('the nearest template is the first of those that share most words', () => {
  fc.assert(
    fc.property(fc.array(template, { maxLength: 8 }), template, (known, tokens) => {
      const likeness = (others: string[]) => {
        const [a, b] = [new Set(tokens), new Set(others)];
        const common = [...a].filter((word) => b.has(word)).length;
        return common === 0 ? 0 : (2 * common) / (a.size + b.size);
      };
      const most = Math.max(0, ...known.map(likeness));
      const expected = known.find((others) => most > 0 && likeness(others) === most);
      const found = new KnownWords(known.map(clusterOf)).nearest({ tokens });
      expect(found).toEqual(expected && { text: expected.join(' '), likeness: most });
    }),
  );
});
