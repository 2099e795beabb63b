import { createHash } from 'node:crypto';

/** What a finding can be, and how it is named to people. */
export const KINDS = {
  'new-template': 'new template',
  rejected: 'line without the usual header',
  parameter: 'parameter out of its range',
  field: 'new or missing field',
  order: 'unlikely order',
  sequence: 'unlikely in its session',
  missing: 'missing event',
  extra: 'extra event',
  session: 'unusual session',
  count: 'count far from usual',
  burst: 'burst',
  silence: 'silence',
  component: 'component fell quiet',
} as const;

export type Kind = keyof typeof KINDS;

export const LEVELS = ['low', 'medium', 'high'] as const;
export type Level = (typeof LEVELS)[number];

/** One place where something surprised a rule. Sightings of one cause become one finding. */
export interface Sighting {
  kind: Kind;
  template: number;
  /** What tells it from other sightings of this kind and template; stable from scan to scan. */
  shape: string;
  /** Rows that it is about, the most telling first. */
  rows: number[];
  /** Surprise in bits: -log2 of how often training data would show as much. */
  bits: number;
  /** What was found, in a few words. */
  found: string;
  /** What was expected instead. */
  expected: string;
  /** Session that it is about. */
  session?: number;
  /** What has the same cause at first sight. */
  along?: { template: number; rows: number[] }[];
}

/** A raw line behind a finding. */
export interface EvidenceLine {
  file: string;
  line: number;
  text: string;
  /** A line of the finding itself; the others are its context. */
  hit: boolean;
}

/** A stretch of lines of one file, both included. */
export interface LineRange {
  file: string;
  from: number;
  to: number;
}

/** What `logbert scan` and `logbert diff` tell: everything that has one cause. */
export interface Finding {
  /** Equal for the same kind, template and shape in every scan. */
  id: string;
  kind: Kind;
  level: Level;
  /** Surprise in bits. */
  score: number;
  template: string;
  found: string;
  expected: string;
  /** How often it was seen. */
  times: number;
  /** Times of the first and the last sighting, ISO 8601; null where lines give no time. */
  first: string | null;
  last: string | null;
  sessions: string[];
  /** What comes with it: other templates, or what else was found. */
  along: { template: string; lines: number }[];
  /** Its lines. */
  lines: LineRange[];
  lineCount: number;
  evidence: EvidenceLine[];
}

/** Twelve hexadecimal digits that name a finding in every scan. */
export function findingId(kind: Kind, template: string, shape: string): string {
  return createHash('sha256').update([kind, template, shape].join('\u0000')).digest('hex').slice(0, 12);
}
