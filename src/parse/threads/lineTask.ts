import { BatchScanner, type ScanSettings } from '../batchScanner.js';
import type { Format } from '../formats/formats.js';
import type { LineBatch } from '../input/lineBatch.js';
import { SessionScanner } from '../sessionScanner.js';

/** Something that is done with batches of lines, on any thread. */
export interface LineTask<Result, Spent> {
  /** Whether batches have to come in their order to one and the same task. */
  readonly ordered: boolean;
  /** @param spent arrays of a result that is done with */
  run(batch: LineBatch, spent?: Spent): Result;
}

/** Tells one thread what another is to do. */
export type TaskSettings = { task: 'scan'; settings: ScanSettings } | { task: 'sessions'; settings: Format };

export function lineTask({ task, settings }: TaskSettings): BatchScanner | SessionScanner {
  return task === 'scan' ? new BatchScanner(settings) : new SessionScanner(settings);
}
