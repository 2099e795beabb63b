import { EDGE, type Instruction } from './regexProgram.js';

const MAX_STATES = 1000;
/** The state that no match can be reached from. */
export const DEAD = 0;
/** In `next`: a match ends before the byte that was read. */
export const ACCEPT = 1;
/** Takes the state from a value of `next`. */
export const STATE = -256;

/** States are multiples of 256. Where a program looks nowhere, those from `accepting` on are the ones that a match ends in. */
export interface Automaton {
  /** `next[state | byte]`: the state that follows, with `ACCEPT` or not. */
  next: Int32Array;
  /** `ends[state >> 8]`: `ACCEPT` if a match ends where the text ends. */
  ends: Uint8Array;
  /** (257) first state, by the byte before or `EDGE`. */
  starts: Int32Array;
  accepting: number;
}

interface Move {
  targets: number[];
  accept: boolean;
}

/**
 * Ordered subset construction (Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009): a state is a
 * list of instructions, the preferred one first. Look-behinds are decided when a byte has been read, look-aheads with
 * the next one, so that a match is known one byte after its end.
 *
 * @param preferred a match cuts off all that is less preferred; otherwise all matches are followed
 * @returns undefined when there would be too many states
 */
export function automatonOf(program: Instruction[], preferred: boolean): Automaton | undefined {
  const states: number[][] = [[]];
  const known = new Map([['', 0]]);
  const numberOf = (list: number[]) => {
    const key = list.join();
    const found = known.get(key);
    if (found !== undefined) return found << 8;
    known.set(key, states.push(list) - 1);
    return (states.length - 1) << 8;
  };
  const { classOf, members } = byteClasses(program);
  const expand = <T>(values: T[]) => Array.from(classOf, (of) => values[of]);
  const starts = expand(members.map((before) => numberOf(closure(program, [0], before, preferred))));
  const rows: number[][] = [];
  const ends: number[] = [];
  for (let state = 0; state < states.length; state++) {
    if (states.length > MAX_STATES) return undefined;
    const row = members.map((value) => {
      const { targets, accept } = move(program, states[state], value, preferred);
      return numberOf(closure(program, targets, value, preferred)) | (accept ? ACCEPT : 0);
    });
    rows.push(expand(row));
    ends.push(row[classOf[EDGE]] & ACCEPT);
  }
  return renumbered(rows, ends, starts);
}

/** Puts the states that a match ends in last. The one without an instruction stays first. */
function renumbered(rows: number[][], ends: number[], starts: number[]): Automaton {
  const order = [...rows.keys()].sort((a, b) => ends[a] - ends[b] || a - b);
  const place = new Int32Array(rows.length);
  for (const [i, state] of order.entries()) place[state] = i << 8;
  const next = new Int32Array(rows.length << 8);
  for (const [i, state] of order.entries()) {
    for (let value = 0; value < EDGE; value++) {
      const to = rows[state][value];
      next[(i << 8) | value] = place[to >> 8] | (to & ACCEPT);
    }
  }
  return {
    next,
    ends: Uint8Array.from(order, (state) => ends[state]),
    starts: Int32Array.from(starts, (state) => place[state >> 8]),
    accepting: ends.filter((accept) => !accept).length << 8,
  };
}

/** Bytes, and the edge, that no instruction tells apart: the class of each, and one of each class. */
function byteClasses(program: Instruction[]): { classOf: Int32Array; members: number[] } {
  const classOf = new Int32Array(257);
  classOf[EDGE] = 1;
  let members = [0, EDGE];
  for (const instruction of program) {
    if (!('accepts' in instruction)) continue;
    // Each class is split into those that the instruction accepts and those that it doesn't.
    const parts = new Map<number, number>();
    members = [];
    for (let value = 0; value <= EDGE; value++) {
      const part = classOf[value] * 2 + (instruction.accepts[value] ?? 0);
      if (!parts.has(part)) parts.set(part, members.push(value) - 1);
      classOf[value] = parts.get(part) as number;
    }
  }
  return { classOf, members };
}

/** Where `value` leads from the instructions of `list`, and whether a match ends before it. */
export function move(program: Instruction[], list: number[], value: number, preferred: boolean): Move {
  const targets: number[] = [];
  const seen = new Set<number>();
  const stack = [...list].reverse();
  let accept = false;
  while (stack.length > 0) {
    const at = stack.pop() as number;
    if (seen.has(at)) continue;
    seen.add(at);
    const instruction = program[at];
    if (instruction.op === 'byte' && instruction.accepts[value]) targets.push(instruction.next);
    if (instruction.op === 'split') stack.push(...[...instruction.next].reverse());
    if (instruction.op === 'look' && instruction.accepts[value]) stack.push(instruction.next);
    if (instruction.op === 'match') {
      accept = true;
      if (preferred) break;
    }
  }
  return { targets, accept };
}

/** What can be reached without reading a byte, up to look-aheads; `before` is the byte read last. */
export function closure(program: Instruction[], from: number[], before: number, preferred: boolean): number[] {
  const seen = new Set<number>();
  const list: number[] = [];
  const stack = [...from].reverse();
  while (stack.length > 0) {
    const at = stack.pop() as number;
    if (seen.has(at)) continue;
    seen.add(at);
    const instruction = program[at];
    if (instruction.op === 'split') stack.push(...[...instruction.next].reverse());
    else if (instruction.op === 'look' && !instruction.ahead) {
      if (instruction.accepts[before]) stack.push(instruction.next);
    } else list.push(at);
    if (instruction.op === 'match' && preferred) break;
  }
  return list;
}

/** Whether a look-behind may come after a look-ahead, where `move` would take the wrong byte for the one before. */
export function looksBackLate(program: Instruction[]): boolean {
  const ahead = program.flatMap((instruction) =>
    instruction.op === 'look' && instruction.ahead ? instruction.next : [],
  );
  const seen = new Set(ahead);
  for (const at of seen) {
    const instruction = program[at];
    if (instruction.op === 'look' && !instruction.ahead) return true;
    if (instruction.op === 'look') seen.add(instruction.next);
    if (instruction.op === 'split') for (const next of instruction.next) seen.add(next);
  }
  return false;
}
