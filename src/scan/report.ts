import type { Finding, Level } from './finding.js';
import type { LineAccount } from './logReader.js';

/** What `scan` and `diff` have in common. */
export interface FindingReport {
  /** What was looked at and against what, in one line. */
  title: string;
  format: string;
  account: LineAccount;
  /** Times of the first and the last line, ISO 8601; null where lines give none. */
  first: string | null;
  last: string | null;
  findings: Finding[];
  /** Findings there are in all. */
  all: number;
  /** Of these, how many of each level. */
  levels: Record<Level, number>;
  /** Findings that were left out because somebody accepted them. */
  accepted: number;
  seconds: number;
}
