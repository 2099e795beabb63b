import { parentPort, workerData } from 'node:worker_threads';
import { BatchScanner, type ScanSettings } from './batchScanner.js';
import type { ScanJob } from './scanPool.js';

// The entry of a thread: scans the batches that it's sent, in their order.
const scanner = new BatchScanner(workerData as ScanSettings);
parentPort?.on('message', ({ spent, ...batch }: ScanJob) => {
  const scanned = scanner.scan(batch, spent);
  const { bytes, starts, ends, records, times, own } = scanned;
  parentPort?.postMessage(
    scanned,
    [bytes, starts, ends, records, times, own].map(({ buffer }) => buffer),
  );
});
