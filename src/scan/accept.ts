import { userInfo } from 'node:os';
import { UsageError } from '../error.js';
import { type Accepted, changingBundle, type Fitting, openScan, requireBundle, saveScan } from './scanBundle.js';
import type { SessionRule } from './sessionRule.js';
import { toldOf } from './told.js';

export interface AcceptOptions {
  bundle: string;
  /** Id of the finding. */
  finding: string;
  note: string;
  /** Who says so; default the user of the system. */
  by?: string;
}

/**
 * Records a finding as normal, so that it doesn't come back.
 * @throws UsageError when it isn't the id of a finding
 */
export async function acceptFinding({ bundle, finding, note, by = user() }: AcceptOptions): Promise<Accepted> {
  if (!/^[0-9a-f]{12}$/.test(finding)) {
    throw new UsageError(`Expected the id of a finding, twelve hexadecimal digits; found "${finding}".`, {
      next: `logbert scan FILE --bundle ${bundle}`,
    });
  }
  requireBundle(bundle);
  const entry = { id: finding, by, at: new Date().toISOString(), note, ...(await toldOf(bundle, finding)) };
  await changingBundle(bundle, async () => {
    const state = await openScan(bundle);
    await saveScan(bundle, { ...state, accepted: [...state.accepted.filter(({ id }) => id !== finding), entry] });
  });
  return entry;
}

/** What a bundle has learnt, and what was accepted by whom and when. */
export interface BundleReport {
  bundle: string;
  format: string;
  templates: number;
  sessions: SessionRule;
  threshold: { bits: number; rule: string };
  fittings: Fitting[];
  accepted: Accepted[];
}

export async function reportBundle(bundle: string): Promise<BundleReport> {
  const { formatName, reading, sessions, threshold, fittings, accepted } = await openScan(bundle);
  const templates = reading.parser.drain.clusters.length;
  return { bundle, format: formatName, templates, sessions, threshold, fittings, accepted };
}

function user(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
