import { type MessagePort, workerData } from 'node:worker_threads';
import type { LineBatch } from '../input/lineBatch.js';
import { type LineTask, lineTask, type TaskSettings } from './lineTask.js';

// The entry of a thread of OrderedPool: does its task with the batches that it's sent, in their order.
const { port, ...settings } = workerData as TaskSettings & { port: MessagePort };
const task = lineTask(settings) as LineTask<object, never>;
port.on('message', ({ batch, spent }: { batch: LineBatch; spent: never }) => {
  port.postMessage(task.run(batch, spent));
});
