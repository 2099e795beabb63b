import type { CharSet, RegexNode } from './regexSyntax.js';

const MAX_INSTRUCTIONS = 4000;
/** Index of what is before the first byte and after the last one, in 257 flags. */
export const EDGE = 256;

/**
 * `byte`: one of these bytes leads on to `next`. `look`: so does, unread, one of these bytes or the edge of the text on
 * one side. `split`: go on at each of `next`, the first preferred; `save` marks where the first group begins
 * (0) or ends (1).
 */
export type Instruction =
  | { op: 'byte'; accepts: Uint8Array; next: number }
  | { op: 'look'; ahead: boolean; accepts: Uint8Array; next: number }
  | { op: 'split'; next: number[]; save?: 0 | 1 }
  | { op: 'match' };

/** A pattern as instructions on UTF-8 bytes, from 0 on; undefined when there would be too many. */
export function programOf(node: RegexNode): Instruction[] | undefined {
  const program: Instruction[] = [];
  emit(program, node);
  program.push({ op: 'match' });
  return program.length > MAX_INSTRUCTIONS ? undefined : program;
}

/** Appends the instructions of `node`; whoever follows starts at `program.length`. */
function emit(program: Instruction[], node: RegexNode): void {
  if (program.length > MAX_INSTRUCTIONS) return;
  if (node.kind === 'set') emitSet(program, node.set);
  else if (node.kind === 'bytes') for (const value of node.bytes) program.push(byte(program, between(value, value)));
  else if (node.kind === 'look') emitLook(program, node);
  else if (node.kind === 'group') {
    program.push({ op: 'split', next: [program.length + 1], save: 0 });
    emit(program, node.item);
    program.push({ op: 'split', next: [program.length + 1], save: 1 });
  } else if (node.kind === 'sequence') for (const item of node.items) emit(program, item);
  else if (node.kind === 'choice')
    emitChoice(
      program,
      node.items.map((item) => () => emit(program, item)),
    );
  else emitRepeat(program, node);
}

function emitRepeat(program: Instruction[], node: RegexNode & { kind: 'repeat' }): void {
  for (let i = 0; i < node.min; i++) emit(program, node.item);
  if (node.max === Infinity) {
    const start = program.length;
    const split: Instruction = { op: 'split', next: [] };
    program.push(split);
    emit(program, node.item);
    program.push({ op: 'split', next: [start] });
    split.next = order(node.greedy, start + 1, program.length);
    return;
  }
  const splits: { op: 'split'; next: number[] }[] = [];
  for (let i = node.min; i < node.max && program.length <= MAX_INSTRUCTIONS; i++) {
    splits.push({ op: 'split', next: [program.length + 1] });
    program.push(splits[splits.length - 1]);
    emit(program, node.item);
  }
  for (const split of splits) split.next = order(node.greedy, split.next[0], program.length);
}

function order(greedy: boolean, enter: number, leave: number): number[] {
  return greedy ? [enter, leave] : [leave, enter];
}

function emitChoice(program: Instruction[], alternatives: (() => void)[]): void {
  const split: Instruction = { op: 'split', next: [] };
  const jumps: { op: 'split'; next: number[] }[] = [];
  program.push(split);
  for (const alternative of alternatives) {
    split.next.push(program.length);
    alternative();
    jumps.push({ op: 'split', next: [] });
    program.push(jumps[jumps.length - 1]);
  }
  for (const jump of jumps) jump.next = [program.length];
}

function emitLook(program: Instruction[], { ahead, set, edge }: RegexNode & { kind: 'look' }): void {
  const accepts = new Uint8Array(257);
  accepts.set(set.ascii);
  // A character beyond ASCII begins and ends with such a byte.
  if (set.rest) accepts.fill(1, 128, 256);
  if (edge) accepts[EDGE] = 1;
  program.push({ op: 'look', ahead, accepts, next: program.length + 1 });
}

function emitSet(program: Instruction[], { ascii, rest }: CharSet): void {
  const single = new Uint8Array(256);
  single.set(ascii);
  if (!rest) {
    program.push(byte(program, single));
    return;
  }
  // The four lengths of a UTF-8 sequence.
  emitChoice(program, [
    () => program.push(byte(program, single)),
    () => emitUtf8(program, 0xc2, 0xdf, 1),
    () => emitUtf8(program, 0xe0, 0xef, 2),
    () => emitUtf8(program, 0xf0, 0xf4, 3),
  ]);
}

function emitUtf8(program: Instruction[], low: number, high: number, following: number): void {
  program.push(byte(program, between(low, high)));
  for (let i = 0; i < following; i++) program.push(byte(program, between(0x80, 0xbf)));
}

function byte(program: Instruction[], accepts: Uint8Array): Instruction {
  return { op: 'byte', accepts, next: program.length + 1 };
}

function between(low: number, high: number): Uint8Array {
  return new Uint8Array(256).fill(1, low, high + 1);
}
