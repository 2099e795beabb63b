import type { Cluster } from '../parse/drain/drain.js';
import { ORIGIN_BITS, originOf } from './events.js';
import type { LogView } from './logReader.js';

/** A template as people read it. */
export function templateText({ tokens }: Pick<Cluster, 'tokens'>): string {
  return tokens.join(' ');
}

/** Text of a template number; empty for none. */
export function templateOf({ clusters }: Pick<LogView, 'clusters'>, template: number): string {
  if (template < 0) return '';
  return templateText(clusters[originOf(template)][template & ((1 << ORIGIN_BITS) - 1)]);
}

/** Known templates by their words, to find the one that is most like another: who has a word is noted once. */
export class KnownWords {
  private readonly sizes: number[];
  private readonly having = new Map<string, number[]>();

  constructor(private readonly known: readonly Cluster[]) {
    this.sizes = known.map(({ tokens }, i) => {
      const words = new Set(tokens);
      for (const word of words) {
        const list = this.having.get(word);
        if (list) list.push(i);
        else this.having.set(word, [i]);
      }
      return words.size;
    });
  }

  /** The known template that shares most words with another, the first of several, and the share (Dice, 1945). */
  nearest({ tokens }: Pick<Cluster, 'tokens'>): { text: string; likeness: number } | undefined {
    const words = new Set(tokens);
    const common = new Map<number, number>();
    for (const word of words) for (const i of this.having.get(word) ?? []) common.set(i, (common.get(i) ?? 0) + 1);
    let best = -1;
    let likeness = 0;
    for (const [i, shared] of common) {
      const like = (2 * shared) / (words.size + this.sizes[i]);
      if (like > likeness || (like === likeness && i < best)) [best, likeness] = [i, like];
    }
    return best < 0 ? undefined : { text: templateText(this.known[best]), likeness };
  }
}
