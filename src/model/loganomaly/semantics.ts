import { Random } from '../../random.js';

/**
 * Vectors for the texts of templates, in place of template2vec: each word has a random direction of its own, and a
 * template is the sum of its words' directions, the rare ones weighing more (inverse document frequency), of length 1.
 * Templates that share words lie near each other. Unlike template2vec it knows no synonyms and antonyms, needs no
 * word list, and gives a vector to any text.
 */
export class TemplateVectors {
  private readonly weights: ReadonlyMap<string, number>;
  private readonly unknown: number;

  /** @param texts the templates that the words' weights are taken from */
  constructor(
    texts: readonly string[],
    private readonly size: number,
    private readonly seed: number,
  ) {
    const count = new Map<string, number>();
    for (const text of texts) for (const word of new Set(wordsOf(text))) count.set(word, (count.get(word) ?? 0) + 1);
    const weight = (templates: number) => Math.log((1 + texts.length) / (1 + templates)) + 1;
    this.weights = new Map(Array.from(count, ([word, templates]) => [word, weight(templates)]));
    this.unknown = weight(0);
  }

  /** (size) of length 1, or all zero for a text without words. */
  of(text: string): Float32Array {
    const sum = new Float32Array(this.size);
    for (const word of wordsOf(text)) {
      const random = new Random(this.seed, 'word', word);
      const weight = this.weights.get(word) ?? this.unknown;
      for (let i = 0; i < sum.length; i++) sum[i] += weight * random.normal();
    }
    const length = Math.hypot(...sum);
    return length === 0 ? sum : sum.map((x) => x / length);
  }
}

/** The words of a text in lower case; `PacketResponder` is two, and what masks put in place of values is none. */
export function wordsOf(text: string): string[] {
  const plain = text.replace(/<[^>]*>/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2');
  return Array.from(plain.toLowerCase().matchAll(/[\p{L}]{2,}/gu), ([word]) => word);
}
