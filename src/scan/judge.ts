import type { Cluster } from '../parse/drain/drain.js';
import { FRESH_ODD, ORIGIN_BITS, originOf } from './events.js';
import { type Cause, groupSightings } from './group.js';
import type { LogView } from './logReader.js';
import { judgeEvents, type Profile } from './profile.js';
import type { RuleContext } from './rules/rule.js';
import { KnownWords, templateOf } from './templates.js';

/** Every cause that a view of a log shows and what was learnt never did, the most surprising first. */
export function unseenCauses(view: LogView, profile: Profile): Cause[] {
  const context = { ...contextOf(view), onlyUnseen: true };
  const sightings = judgeEvents(view.events, { from: 0, to: view.events.rows }, profile, context);
  return groupSightings(sightings, view.events, context.text, profile.discounts);
}

export function contextOf(view: LogView): RuleContext {
  const [known, , odd] = view.clusters;
  const words = new Map<readonly Cluster[], KnownWords>();
  const wordsOf = (clusters: readonly Cluster[]) => {
    const found = words.get(clusters) ?? new KnownWords(clusters);
    words.set(clusters, found);
    return found;
  };
  return {
    text: (template) => templateOf(view, template),
    nearest: (template) => {
      const origin = originOf(template);
      const cluster = view.clusters[origin][template & ((1 << ORIGIN_BITS) - 1)];
      return wordsOf(origin === FRESH_ODD ? odd : known).nearest(cluster);
    },
  };
}
