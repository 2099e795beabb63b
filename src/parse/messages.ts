import { Message } from './drain/templateFinder.js';
import type { ScannedBatch } from './scannedBatch.js';

/** Masked messages by their numbers, as one scanner gives them. */
export class Messages {
  private known: Message[] = [];

  add({ restarted, added }: Pick<ScannedBatch, 'restarted' | 'added'>): void {
    if (restarted) this.known = [];
    for (const text of added) this.known.push(new Message(text));
  }

  get(number: number, { loose }: Pick<ScannedBatch, 'loose'>): Message {
    return number < 0 ? new Message(loose[-1 - number]) : this.known[number];
  }
}
