/*
 * Sequences are padded to one of few lengths, and batches of one length have one of two numbers of rows, a full
 * one and a quarter of it for what is left over: an engine prepares itself once for each such shape.
 */
const LENGTHS = [8, 12, 16, 20, 24, 28, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

/** Indices of the sequences in a batch, and the batch's shape. */
export interface Batch {
  readonly members: readonly number[];
  readonly rows: number;
  readonly tokens: number;
}

/**
 * Puts sequences into batches of their own length class, in the given order.
 * @param lengths tokens of each sequence, the model's own included
 * @param rows sequences in a batch; fewer where they are long, so that a batch never exceeds `rows` x 64 tokens
 */
export function* batches(order: Iterable<number>, lengths: ArrayLike<number>, rows: number): Generator<Batch> {
  const open = new Map<number, number[]>();
  for (const i of order) {
    const tokens = paddedLength(lengths[i]);
    const members = open.get(tokens) ?? [];
    open.set(tokens, members);
    members.push(i);
    if (members.length < rowsFor(tokens, rows)) continue;
    yield { members, rows: rowsFor(tokens, rows), tokens };
    open.delete(tokens);
  }
  for (const [tokens, members] of [...open].sort(([a], [b]) => a - b)) {
    const full = rowsFor(tokens, rows);
    const few = Math.ceil(full / 4);
    yield { members, rows: members.length <= few ? few : full, tokens };
  }
}

/** Puts sequences into batches by length, with next to no padding: for an engine that takes any shape. */
export function* batchesByLength(lengths: readonly number[], rows: number): Generator<Batch> {
  const order = [...lengths.keys()].sort((a, b) => lengths[a] - lengths[b] || a - b);
  for (let at = 0; at < order.length; ) {
    let end = Math.min(order.length, at + rows);
    while (end > at + 1 && end - at > rowsFor(lengths[order[end - 1]], rows)) end--;
    yield { members: order.slice(at, end), rows: end - at, tokens: lengths[order[end - 1]] };
    at = end;
  }
}

function paddedLength(length: number): number {
  return LENGTHS.find((padded) => padded >= length) ?? Math.ceil(length / 512) * 512;
}

/** Sequences of `tokens` tokens in a batch of at most `rows` of them. */
export function rowsFor(tokens: number, rows: number): number {
  return Math.max(1, Math.min(rows, Math.floor((rows * 64) / tokens)));
}
