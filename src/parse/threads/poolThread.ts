import { parentPort, workerData } from 'node:worker_threads';
import type { LineBatch } from '../input/lineBatch.js';
import { type LineTask, lineTask, type TaskSettings } from './lineTask.js';

// The entry of a thread of OrderedPool: does its task with the batches that it's sent, in their order.
const task = lineTask(workerData as TaskSettings) as LineTask<object, never>;
parentPort?.on('message', ({ batch, spent }: { batch: LineBatch; spent: never }) => {
  parentPort?.postMessage(task.run(batch, spent));
});
