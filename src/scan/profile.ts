import type { Events, Span } from './events.js';
import type { Kind, Sighting } from './finding.js';
import { counts } from './rules/counts.js';
import { fields } from './rules/fields.js';
import { newTemplates } from './rules/newTemplates.js';
import { order } from './rules/order.js';
import { repeats } from './rules/repeats.js';
import type { Rule, RuleContext } from './rules/rule.js';
import { sessions } from './rules/sessions.js';
import { silence } from './rules/silence.js';
import { values } from './rules/values.js';

/** Every rule by the name of its state in a bundle. */
const RULES: Record<string, Rule> = {
  newTemplates,
  values,
  fields,
  order,
  repeats,
  counts,
  silence,
  sessions,
} as Record<string, Rule>;

/** What has been learnt of a log, as plain JSON. */
export interface Profile {
  /** State of each rule. */
  rules: Record<string, unknown>;
  /** Bits that findings of a kind lose because normal logs show them too. */
  discounts: Partial<Record<Kind, number>>;
}

export function learnProfile(events: Events, span: Span, known?: Profile): Profile {
  const states = Object.entries(RULES).map(([name, rule]) => [name, rule.learn(events, span, known?.rules[name])]);
  return { rules: Object.fromEntries(states), discounts: known?.discounts ?? {} };
}

export function judgeEvents(events: Events, span: Span, profile: Profile, context: RuleContext): Sighting[] {
  // A bundle that was written before there was a rule has learnt nothing for it.
  const learnt = Object.entries(RULES).filter(([name]) => profile.rules[name] !== undefined);
  return learnt.flatMap(([name, rule]) => rule.judge(events, span, profile.rules[name], context));
}
