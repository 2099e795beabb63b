import { literalEnd } from './literal.js';
import { type CharSet, isNullable, parseRegex, type RegexNode } from './regexSyntax.js';

const MAX_INSTRUCTIONS = 4000;
const MAX_STATES = 1000;
const DEAD = 0;
const START = 256;
const WHITESPACE = [9, 10, 11, 12, 13, 32];

/** `byte`: one of these bytes leads on to `next`. `split`: go on at each of `next`, the first preferred. */
type Instruction =
  | { op: 'byte'; accepts: Uint8Array; next: number }
  | { op: 'split'; next: number[] }
  | { op: 'match' };

/** `next` and `accepting` of a BytePattern. */
interface Automaton {
  next: Int32Array;
  accepting: number;
}

/**
 * A regular expression compiled to a table that is driven by UTF-8 bytes: one look-up a byte, no allocation. It finds
 * what RegExp with the `u` flag finds, the preferred match and not the longest (ordered subset construction, as in
 * RE2: Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009).
 */
export class BytePattern {
  /** End of the match that `search` found last, or of the literal that `matchUntil` found. */
  end = 0;
  /** Bytes of which every text with a match has one: a single one that every match holds, or all that may begin one. */
  readonly signs: readonly number[];
  /** Whether a match can hold white space (ASCII). */
  readonly spansWhitespace: boolean;
  /** 256 flags: whether a match can begin with this byte. */
  private readonly first: Uint8Array;

  private constructor(
    /** `next[state | byte]` is the next state. States are multiples of 256: `DEAD`, `START`, ..., accepting ones last. */
    private readonly next: Int32Array,
    private readonly accepting: number,
    searched: boolean,
  ) {
    const bytes = [...Array(256).keys()];
    const used = new Set<number>();
    for (let at = 0; at < next.length; at++) if (searched && next[at] !== DEAD) used.add(at & 255);
    this.first = Uint8Array.from(next.subarray(START, START + 256), (state) => (state === DEAD ? 0 : 1));
    this.spansWhitespace = WHITESPACE.some((byte) => used.has(byte));
    // Costly to find, and of use in searches alone.
    const required = searched ? requiredByte([...used], next, accepting) : undefined;
    this.signs = required === undefined ? bytes.filter((byte) => this.first[byte]) : [required];
  }

  /** Undefined when the pattern is outside of the subset (see regexSyntax.ts), too large, or matches the empty text. */
  static compile(pattern: string): BytePattern | undefined {
    const automaton = build(pattern, true);
    return automaton && new BytePattern(automaton.next, automaton.accepting, true);
  }

  /** A pattern for `matchUntil` and `matchLongest` alone, where no match may be preferred to a longer one. */
  static compileWhole(pattern: string): BytePattern | undefined {
    const automaton = build(pattern, false);
    return automaton && new BytePattern(automaton.next, automaton.accepting, false);
  }

  /** Start of the first match in `bytes[start, end)`, or -1; its end is in `end`. */
  search(bytes: Uint8Array, start: number, end: number): number {
    const { next, accepting, first } = this;
    for (let at = start; at < end; at++) {
      if (first[bytes[at]] === 0) continue;
      let state = START;
      let close = -1;
      for (let i = at; i < end; i++) {
        state = next[state | bytes[i]];
        if (state === DEAD) break;
        if (state >= accepting) close = i + 1;
      }
      if (close < 0) continue;
      this.end = close;
      return at;
    }
    return -1;
  }

  /**
   * Where the literal `stop` first occurs in `bytes[start, end)`, if the pattern matches all that is before it; where
   * the literal ends is in `end`. Otherwise -1.
   */
  matchUntil(stop: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
    const { next } = this;
    const first = stop[0];
    let state = START;
    for (let i = start; i < end; i++) {
      const byte = bytes[i];
      if (byte === first) {
        const after = literalEnd(stop, bytes, i, end);
        if (after >= 0) {
          this.end = after;
          return state >= this.accepting ? i : -1;
        }
      }
      state = next[state | byte];
      if (state === DEAD) return -1;
    }
    this.end = end;
    return state >= this.accepting && literalEnd(stop, bytes, end, end) >= 0 ? end : -1;
  }

  /** End of the longest match that begins at `start` in `bytes[start, end)`, also in `end`; otherwise -1. */
  matchLongest(bytes: Uint8Array, start: number, end: number): number {
    let state = START;
    let close = -1;
    for (let i = start; i < end && state !== DEAD; i++) {
      state = this.next[state | bytes[i]];
      if (state >= this.accepting) close = i + 1;
    }
    this.end = close;
    return close;
  }
}

/** A byte that every match holds, punctuation preferred since it's rarer in messages than letters and digits. */
function requiredByte(alphabet: readonly number[], next: Int32Array, accepting: number): number | undefined {
  const required = alphabet.filter((byte) => byte < 128 && !acceptsWithout(byte, alphabet, next, accepting));
  return (
    required.find((byte) => !/\w/.test(String.fromCharCode(byte))) ??
    required.find((byte) => byte === 95) ??
    required[0]
  );
}

function acceptsWithout(without: number, alphabet: readonly number[], next: Int32Array, accepting: number): boolean {
  const seen = new Set([START]);
  for (const state of seen) {
    if (state >= accepting) return true;
    for (const byte of alphabet) {
      const to = next[state | byte];
      if (byte !== without && to !== DEAD) seen.add(to);
    }
  }
  return false;
}

function build(pattern: string, preferred: boolean): Automaton | undefined {
  const node = parseRegex(pattern);
  if (!node || isNullable(node)) return undefined;
  const program: Instruction[] = [];
  emit(program, node);
  program.push({ op: 'match' });
  if (program.length > MAX_INSTRUCTIONS) return undefined;
  return determinize(program, preferred);
}

/** Appends the instructions of `node`; whoever follows starts at `program.length`. */
function emit(program: Instruction[], node: RegexNode): void {
  if (program.length > MAX_INSTRUCTIONS) return;
  if (node.kind === 'set') emitSet(program, node.set);
  else if (node.kind === 'sequence') for (const item of node.items) emit(program, item);
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

/** Subset construction over ordered lists of instructions, the preferred one first. */
function determinize(program: Instruction[], preferred: boolean): Automaton | undefined {
  const states: number[][] = [[], closure(program, [0], preferred)];
  const known = new Map(states.map((list, state) => [list.join(), state]));
  const { classOf, members } = byteClasses(program);
  const rows: number[][] = [members.map(() => 0)];
  for (let state = 1; state < states.length; state++) {
    if (states.length > MAX_STATES) return undefined;
    rows.push(
      members.map((value) => {
        const list = closure(program, step(program, states[state], value), preferred);
        const key = list.join();
        if (!known.has(key)) known.set(key, states.push(list) - 1);
        return known.get(key) ?? 0;
      }),
    );
  }
  return tableOf(
    rows,
    classOf,
    states.map((list) => list.some((at) => program[at].op === 'match')),
  );
}

/** Bytes that no instruction tells apart are one class; a member stands for each. */
function byteClasses(program: Instruction[]): { classOf: Uint8Array; members: number[] } {
  const classOf = new Uint8Array(256);
  let members = [0];
  for (const instruction of program) {
    if (instruction.op !== 'byte') continue;
    // Each class is split into those that the instruction accepts and those that it doesn't.
    const parts = new Map<number, number>();
    members = [];
    for (let value = 0; value < 256; value++) {
      const part = classOf[value] * 2 + instruction.accepts[value];
      if (!parts.has(part)) parts.set(part, members.push(value) - 1);
      classOf[value] = parts.get(part) as number;
    }
  }
  return { classOf, members };
}

/**
 * Numbers the states anew, accepting ones last. The first state isn't one, since the pattern isn't nullable.
 * @param rows (states x classes of bytes) the next state
 */
function tableOf(rows: number[][], classOf: Uint8Array, accepts: boolean[]): Automaton {
  const order = [...rows.keys()].sort((a, b) => Number(accepts[a]) - Number(accepts[b]) || a - b);
  const place = new Int32Array(rows.length);
  for (const [i, state] of order.entries()) place[state] = i << 8;
  const next = new Int32Array(rows.length << 8);
  for (const [state, row] of rows.entries()) {
    const targets = row.map((to) => place[to]);
    for (let value = 0; value < 256; value++) next[place[state] | value] = targets[classOf[value]];
  }
  return { next, accepting: accepts.filter((accepting) => !accepting).length << 8 };
}

function step(program: Instruction[], list: number[], value: number): number[] {
  const targets: number[] = [];
  for (const at of list) {
    const instruction = program[at];
    if (instruction.op === 'byte' && instruction.accepts[value]) targets.push(instruction.next);
  }
  return targets;
}

/** What can be reached without reading a byte. A match cuts off all that is less preferred. */
function closure(program: Instruction[], starts: number[], preferred: boolean): number[] {
  const seen = new Set<number>();
  const list: number[] = [];
  const stack = [...starts].reverse();
  while (stack.length > 0) {
    const at = stack.pop() as number;
    if (seen.has(at)) continue;
    seen.add(at);
    const instruction = program[at];
    if (instruction.op === 'split') stack.push(...[...instruction.next].reverse());
    else list.push(at);
    if (instruction.op === 'match' && preferred) break;
  }
  return list;
}
