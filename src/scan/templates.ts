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

/** The known template that shares most words with another, and the share (Dice, 1945). */
export function nearestTemplate(
  known: readonly Cluster[],
  { tokens }: Cluster,
): { text: string; likeness: number } | undefined {
  const words = new Set(tokens);
  let best: { cluster: Cluster; likeness: number } | undefined;
  for (const cluster of known) {
    const others = new Set(cluster.tokens);
    let common = 0;
    for (const word of words) if (others.has(word)) common++;
    const likeness = (2 * common) / (words.size + others.size);
    if (common > 0 && likeness > (best?.likeness ?? 0)) best = { cluster, likeness };
  }
  return best && { text: templateText(best.cluster), likeness: best.likeness };
}
