import { forEachEvent, type Sessions, TEST } from './sessions.js';
import type { Vocabulary } from './vocabulary.js';

/** What no training session holds, counted in the test part. */
export interface Unseen {
  /** Most frequent first; -1 stands for all events that match no template. */
  templates: { template: number; events: number; text?: string }[];
  events: number;
  sessions: number;
}

/** Counts the events of the test part that `vocabulary` doesn't know. */
export function countUnseen(sessions: Sessions, vocabulary: Vocabulary, texts: ReadonlyMap<number, string>): Unseen {
  const events = new Map<number, number>();
  const concerned = new Set<number>();
  forEachEvent(sessions, TEST, (template, session) => {
    if (vocabulary.has(template)) return;
    events.set(template, (events.get(template) ?? 0) + 1);
    concerned.add(session);
  });
  const templates = [...events].map(([template, count]) => ({ template, events: count, text: texts.get(template) }));
  return {
    templates: templates.sort((a, b) => b.events - a.events || a.template - b.template),
    events: templates.reduce((sum, { events: count }) => sum + count, 0),
    sessions: concerned.size,
  };
}
