import { closure, move } from './regexAutomaton.js';
import { EDGE, type Instruction } from './regexProgram.js';

/**
 * The first match in `bytes[start, end)`, found in one pass with a set of attempts (Pike's algorithm): far slower than
 * the automaton on most texts, but never slower than the length of the text times that of the pattern.
 */
export function searchInOnePass(
  program: Instruction[],
  bytes: Uint8Array,
  start: number,
  end: number,
): { start: number; end: number } | undefined {
  /** Earlier starts first; no instruction is followed twice, since the earlier attempt would win. */
  let attempts: { start: number; list: number[] }[] = [];
  let found: { start: number; end: number } | undefined;
  for (let at = start; at <= end; at++) {
    const value = at < end ? bytes[at] : EDGE;
    const before = at > 0 ? bytes[at - 1] : EDGE;
    if (!found) attempts.push({ start: at, list: closure(program, [0], before, true) });
    if (attempts.length === 0) break;
    const seen = new Set<number>();
    const going: typeof attempts = [];
    for (const attempt of attempts) {
      const { targets, accept } = move(program, attempt.list, value, true);
      const list = closure(program, targets, value, true).filter((to) => !seen.has(to));
      for (const to of list) seen.add(to);
      if (list.length > 0) going.push({ start: attempt.start, list });
      if (!accept) continue;
      found = { start: attempt.start, end: at };
      break;
    }
    attempts = going;
  }
  return found;
}

/**
 * Bounds of the first group in the preferred match that begins at `start`; undefined when the group takes no part in it.
 * No instruction is tried twice at a byte, so that the time is linear in both.
 */
export function captureAt(
  program: Instruction[],
  bytes: Uint8Array,
  start: number,
  end: number,
  before: number,
): [number, number] | undefined {
  const seen = new Set<number>();
  const stack = [{ at: start, pc: 0, from: -1, to: -1 }];
  for (let attempt = stack.pop(); attempt; attempt = stack.pop()) {
    let { at, pc, from, to } = attempt;
    while (!seen.has(at * program.length + pc)) {
      seen.add(at * program.length + pc);
      const instruction = program[pc];
      if (instruction.op === 'match') return from >= 0 && to >= from ? [from, to] : undefined;
      if (instruction.op === 'split') {
        if (instruction.save === 0) from = at;
        if (instruction.save === 1) to = at;
        const [preferred, ...others] = instruction.next;
        for (const other of others.reverse()) stack.push({ at, pc: other, from, to });
        pc = preferred;
        continue;
      }
      const behind = at > start ? bytes[at - 1] : before;
      const ahead = at < end ? bytes[at] : EDGE;
      if (!instruction.accepts[instruction.op === 'look' && !instruction.ahead ? behind : ahead]) break;
      if (instruction.op === 'byte') at++;
      pc = instruction.next;
    }
  }
  return undefined;
}
