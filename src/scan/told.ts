import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '../run/atomic.js';
import type { Finding, Kind } from './finding.js';

/** What a finding was about, by its id. */
export type Told = Pick<Finding, 'kind' | 'template' | 'found'>;

/** Findings that are remembered, the latest. */
const MOST = 1000;

const saved = z.record(z.string(), z.object({ kind: z.custom<Kind>(), template: z.string(), found: z.string() }));

/**
 * Remembers beside the bundle what a scan told, so that what somebody accepts by its id has a name. Where that can't be
 * written, such as beside a bundle in a read-only folder, it has none.
 */
export async function rememberTold(bundle: string, findings: readonly Finding[]): Promise<void> {
  const told = new Map(Object.entries(await toldBefore(bundle)));
  for (const { id, kind, template, found } of findings) {
    told.delete(id);
    told.set(id, { kind, template, found });
  }
  const latest = Object.fromEntries([...told].slice(-MOST));
  await writeFileAtomic(pathOf(bundle), `${JSON.stringify(latest)}\n`).catch(() => {});
}

/** What scans with this bundle told of under this id; undefined where none did. */
export async function toldOf(bundle: string, id: string): Promise<Told | undefined> {
  return (await toldBefore(bundle))[id];
}

async function toldBefore(bundle: string): Promise<Record<string, Told>> {
  const text = await readFile(pathOf(bundle), 'utf8').catch(() => '{}');
  try {
    return saved.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

function pathOf(bundle: string): string {
  return `${bundle}.told.json`;
}
