import type { Settings } from '../../config/schema.js';
import { contentScanner } from '../masks/contentScanner.js';
import type { Cluster } from './drain.js';
import { newParser } from './parserState.js';

/** How well templates agree with true ones, each from 0 to 1. */
export interface Accuracy {
  /** Grouping accuracy: share of messages whose group is one of the truth, message for message (Zhu et al., 2019). */
  ga: number;
  /** F1 of groups: of those found and those of the truth that are equal. */
  fga: number;
  /** Parsing accuracy: share of messages whose template is the true one, character for character. */
  pa: number;
  /** F1 of templates: a template found is right if its group holds one true template only, and is equal to it. */
  fta: number;
  /** Templates found, and true ones. */
  found: number;
  expected: number;
}

/**
 * Accuracy as Loghub-2.0 defines it (Jiang et al., "A Large-Scale Evaluation for Log Parsing Techniques", ISSTA 2024,
 * section 4.2). Messages with equal template texts are one group.
 *
 * @param truth (messages) true template of each message
 * @param parsed (messages) template that a parser gave it
 */
export function accuracyOf(truth: readonly string[], parsed: readonly string[]): Accuracy {
  const expected = groupsOf(truth);
  const found = groupsOf(parsed);
  let groups = 0;
  let groupedMessages = 0;
  let templates = 0;
  for (const [template, messages] of found) {
    const trueTemplates = new Set(messages.map((i) => truth[i]));
    if (trueTemplates.size > 1) continue;
    const [trueTemplate] = trueTemplates;
    if (trueTemplate === template) templates++;
    if (expected.get(trueTemplate)?.length !== messages.length) continue;
    groups++;
    groupedMessages += messages.length;
  }
  return {
    ga: groupedMessages / truth.length,
    fga: (2 * groups) / (found.size + expected.size),
    pa: truth.filter((template, i) => template === parsed[i]).length / truth.length,
    fta: (2 * templates) / (found.size + expected.size),
    found: found.size,
    expected: expected.size,
  };
}

/**
 * The template of each message once all are learnt, every mask written as the wildcard.
 * @throws UsageError when a mask of the settings is wrong
 */
export function templatesOf(messages: readonly string[], settings: Settings['drain']): string[] {
  const { masks, delimiters, drain } = newParser(settings);
  const scanner = contentScanner(masks, undefined, delimiters);
  const clusters = messages.map((message) => {
    const bytes = Buffer.from(message);
    scanner.scan(bytes, 0, bytes.length);
    return drain.learn(scanner.found.maskedTokens());
  });
  const texts = new Map<Cluster, string>();
  for (const cluster of new Set(clusters)) texts.set(cluster, withoutNames(cluster.tokens.join(' '), masks));
  return clusters.map((cluster) => texts.get(cluster) ?? '');
}

function withoutNames(template: string, masks: readonly { name: string }[]): string {
  return masks.reduce((text, { name }) => text.replaceAll(`<${name}>`, '<*>'), template);
}

function groupsOf(templates: readonly string[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [i, template] of templates.entries()) {
    const group = groups.get(template);
    if (group) group.push(i);
    else groups.set(template, [i]);
  }
  return groups;
}
