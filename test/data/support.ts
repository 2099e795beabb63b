import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Settings, type SettingsInput, settingsSchema } from '../../src/config/schema.js';
import { type Progress, silent } from '../../src/progress.js';
import { RunFolder } from '../../src/run/folder.js';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'logbert-data-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function temporaryRun(): Promise<RunFolder> {
  const run = await RunFolder.open(join(temporaryFolder(), 'run'), { create: true });
  onTestFinished(() => run.close());
  return run;
}

export function settings(input: SettingsInput): Settings {
  return settingsSchema.parse(input);
}

/** A progress that keeps the notes. */
export function listening(): Progress & { notes: string[] } {
  const notes: string[] = [];
  return { ...silent, notes, note: (line) => notes.push(line) };
}
