import { literalEnd } from '../formats/literal.js';
import { ACCEPT, type Automaton, automatonOf, DEAD, looksBackLate, STATE } from './regexAutomaton.js';
import { EDGE, type Instruction, programOf } from './regexProgram.js';
import { captureAt, searchInOnePass } from './regexSearch.js';
import { isNullable, parseRegex, regexFault } from './regexSyntax.js';

const BLANK = 32;
const WHITESPACE = [9, 10, 11, 12, 13, 32];
/** Steps for each byte after which a search gives up starting anew at each of them. */
const PATIENCE = 64;

/**
 * A regular expression compiled to a table that is driven by UTF-8 bytes: one look-up a byte, no allocation. It finds
 * what RegExp with the `u` flag finds, the preferred match and not the longest, in linear time.
 */
export class BytePattern {
  /** End of the match that `search` found last, or of the literal that `matchUntil` found. */
  end = 0;
  /** What the pattern's first group holds of the match that `groupOf` was asked for. */
  groupStart = 0;
  groupEnd = 0;
  /** Whether the pattern has a group that captures. */
  readonly hasGroup: boolean;
  /** Bytes of which every text with a match has one: a single one that every match holds, or all that may begin one. */
  readonly signs: readonly number[];
  /** Whether a match can hold white space (ASCII). */
  readonly spansWhitespace: boolean;
  /** Whether it makes no difference to a match if white space or nothing is before or after it. */
  readonly seesSpaceAsEdge: boolean;
  /** 256 flags: whether a match can begin with this byte. */
  readonly first: Uint8Array;
  private readonly next: Int32Array;
  private readonly starts: Int32Array;
  private readonly accepting: number;
  /** Whether a match depends on what is before or after it. */
  private readonly looks: boolean;

  private constructor(
    private readonly program: Instruction[],
    readonly automaton: Automaton,
    searched: boolean,
  ) {
    const { next, ends, starts } = automaton;
    this.next = next;
    this.starts = starts;
    this.accepting = automaton.accepting;
    this.looks = program.some(({ op }) => op === 'look');
    this.hasGroup = program.some((instruction) => instruction.op === 'split' && instruction.save !== undefined);
    const bytes = [...Array(256).keys()];
    const used = new Set<number>();
    for (let at = 0; at < next.length; at++) if (searched && (next[at] & STATE) !== DEAD) used.add(at & 255);
    const states = [...new Set(starts)];
    this.first = Uint8Array.from(bytes, (byte) =>
      Number(states.some((state) => (next[state | byte] & STATE) !== DEAD)),
    );
    this.spansWhitespace = WHITESPACE.some((byte) => used.has(byte));
    this.seesSpaceAsEdge = WHITESPACE.every(
      (byte) =>
        starts[byte] === starts[EDGE] && ends.every((accept, state) => (next[(state << 8) | byte] & ACCEPT) === accept),
    );
    // Costly to find, and of use in searches alone.
    const required = searched ? requiredByte([...used], automaton) : undefined;
    this.signs = required === undefined ? bytes.filter((byte) => this.first[byte]) : [required];
  }

  /** Undefined when the pattern is outside of the subset (see regexSyntax.ts), too large, or matches the empty text. */
  static compile(pattern: string): BytePattern | undefined {
    return BytePattern.build(pattern, true);
  }

  /**
   * A pattern for `matchUntil` and `matchLongest` alone, where no match may be preferred to a longer one; it looks
   * nowhere.
   */
  static compileWhole(pattern: string): BytePattern | undefined {
    return BytePattern.build(pattern, false);
  }

  private static build(pattern: string, searched: boolean): BytePattern | undefined {
    const node = parseRegex(pattern);
    const program = node && !isNullable(node) ? programOf(node) : undefined;
    if (!program || looksBackLate(program)) return undefined;
    if (!searched && program.some(({ op }) => op === 'look')) return undefined;
    const automaton = automatonOf(program, searched);
    return automaton && new BytePattern(program, automaton, searched);
  }

  /**
   * Start of the first match in `bytes[start, end)`, or -1; its end is in `end`.
   * @param before the byte that is taken for the one before `start`; by default there is none
   */
  search(bytes: Uint8Array, start: number, end: number, before = EDGE): number {
    if (this.looks) return this.searchLooking(bytes, start, end, before);
    const { next, accepting, first } = this;
    const begin = this.starts[EDGE];
    let patience = (end - start + 16) * PATIENCE;
    for (let at = start; at < end; at++) {
      if (first[bytes[at]] === 0) continue;
      let state = begin;
      let close = -1;
      let i = at;
      for (; i < end; i++) {
        state = next[state | bytes[i]] & STATE;
        if (state === DEAD) break;
        if (state >= accepting) close = i + 1;
      }
      if (close >= 0) {
        this.end = close;
        return at;
      }
      patience -= i - at;
      if (patience < 0) return this.searchOn(bytes, at + 1, end);
    }
    return -1;
  }

  private searchLooking(bytes: Uint8Array, start: number, end: number, before: number): number {
    const { next, first, starts } = this;
    const { ends } = this.automaton;
    let patience = (end - start + 16) * PATIENCE;
    for (let at = start; at < end; at++) {
      if (first[bytes[at]] === 0) continue;
      let state = starts[at > start ? bytes[at - 1] : before];
      let close = -1;
      let i = at;
      for (; state !== DEAD && i < end; i++) {
        const to = next[state | bytes[i]];
        if (to & ACCEPT) close = i;
        state = to & STATE;
      }
      if (i === end && ends[state >> 8]) close = end;
      if (close >= 0) {
        this.end = close;
        return at;
      }
      patience -= i - at;
      if (patience < 0) return this.searchOn(bytes, at + 1, end);
    }
    return -1;
  }

  /**
   * Where `stop` first occurs in `bytes[start, end)`, if the pattern matches all that is before it; otherwise -1.
   */
  matchUntil(stop: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
    const { next } = this;
    const first = stop[0];
    let state = this.starts[EDGE];
    for (let i = start; i < end; i++) {
      const byte = bytes[i];
      if (byte === first) {
        // A single blank, and no more of them, is by far the most frequent case.
        if (first === BLANK && stop.length === 1 && i + 1 < end && bytes[i + 1] !== BLANK) {
          this.end = i + 1;
          return state >= this.accepting ? i : -1;
        }
        const after = literalEnd(stop, bytes, i, end);
        if (after >= 0) {
          this.end = after;
          return state >= this.accepting ? i : -1;
        }
      }
      state = next[state | byte] & STATE;
      if (state === DEAD) return -1;
    }
    this.end = end;
    return state >= this.accepting && literalEnd(stop, bytes, end, end) >= 0 ? end : -1;
  }

  /** End of the longest match that begins at `start` in `bytes[start, end)`, also in `end`; otherwise -1. */
  matchLongest(bytes: Uint8Array, start: number, end: number): number {
    let state = this.starts[EDGE];
    let close = -1;
    for (let i = start; i < end && state !== DEAD; i++) {
      state = this.next[state | bytes[i]] & STATE;
      if (state >= this.accepting) close = i + 1;
    }
    this.end = close;
    return close;
  }

  /**
   * Finds what the first group holds of the match at `start`, which `search` has found in `bytes[..., end)`.
   * @param before as for `search`
   * @returns false when the group takes no part in the match
   */
  groupOf(bytes: Uint8Array, start: number, end: number, before = EDGE): boolean {
    const group = captureAt(this.program, bytes, start, end, before);
    if (!group) return false;
    [this.groupStart, this.groupEnd] = group;
    return true;
  }

  /** A text on which each attempt runs far before it fails would take time that grows with the square of its length. */
  private searchOn(bytes: Uint8Array, start: number, end: number): number {
    const found = searchInOnePass(this.program, bytes, start, end);
    if (!found) return -1;
    this.end = found.end;
    return found.start;
  }
}

/** Why a pattern can't be compiled; undefined when it can. */
export function patternFault(pattern: string): string | undefined {
  const fault = regexFault(pattern);
  if (fault !== undefined || BytePattern.compile(pattern)) return fault;
  return 'the pattern needs too many states; write it shorter, with fewer or smaller counts in {}';
}

/** A byte that every match holds, punctuation preferred since it's rarer in messages than letters and digits. */
function requiredByte(alphabet: readonly number[], automaton: Automaton): number | undefined {
  const required = alphabet.filter((byte) => byte < 128 && !acceptsWithout(byte, alphabet, automaton));
  return (
    required.find((byte) => !/\w/.test(String.fromCharCode(byte))) ??
    required.find((byte) => byte === 95) ??
    required[0]
  );
}

function acceptsWithout(without: number, alphabet: readonly number[], { next, ends, starts }: Automaton): boolean {
  const seen = new Set(starts);
  for (const state of seen) {
    if (ends[state >> 8] || next.subarray(state, state + 256).some((to) => to & ACCEPT)) return true;
    for (const byte of alphabet) {
      const to = next[state | byte] & STATE;
      if (byte !== without && to !== DEAD) seen.add(to);
    }
  }
  return false;
}
