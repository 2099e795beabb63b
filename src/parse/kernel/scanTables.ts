import type { LayoutReader } from '../formats/header.js';
import type { Layout } from '../formats/layout.js';
import { EARLIEST, LATEST, type TimeRule } from '../formats/timeRule.js';
import type { BytePattern } from '../masks/bytePattern.js';
import type { ByteScanner } from '../masks/byteScanner.js';
import { ACCEPT, type Automaton, DEAD, STATE } from '../masks/regexAutomaton.js';
import { EDGE } from '../masks/regexProgram.js';
import type { Address, Kernel } from './kernel.js';

/** Fields for which the kernel has room (assembly/header.ts). */
const MOST_FIELDS = 64;

/** Whether the kernel can read headers of this reader. */
export function kernelReads({ candidates }: LayoutReader): boolean {
  return candidates.every(({ layout }) => layout.fields.length <= MOST_FIELDS);
}

/** Writes what the kernel has to know of a format and of masks: the structs of its source, field by field. */
export class ScanTables {
  private readonly patterns = new Map<BytePattern, Address>();
  /** Rules whose times depend on the lines before, and where in `numbers` the kernel has their year and month. */
  private readonly yearless: { rule: TimeRule; at: number }[] = [];

  constructor(private readonly kernel: Kernel) {}

  writeLayouts({ candidates }: LayoutReader): void {
    const layouts = candidates.flatMap(({ layout, level, component, node, label, session }) => [
      ...this.text(layout.lead),
      ...this.fields(layout),
      layout.timeRule ? this.timeRule(layout.timeRule) : 0,
      ...[level, component, node, label, session],
    ]);
    this.kernel.call.setLayouts(this.numbers(layouts), candidates.length);
  }

  writeContentRules({ flags, wanted, masks, id, firstIsId }: ByteScanner): void {
    const written = masks.flatMap(({ pattern, flag, text, textFlags }) => [
      this.pattern(pattern),
      flag,
      this.kernel.put(text),
      text.length,
      textFlags,
    ]);
    const rules = [
      this.kernel.put(flags),
      wanted,
      ...this.array(written),
      id && !firstIsId ? this.pattern(id) : 0,
      firstIsId ? 1 : 0,
    ];
    this.kernel.call.setContentRules(this.numbers(rules));
  }

  /** @param pattern of session ids in messages */
  writeSessionId(pattern: BytePattern | undefined): void {
    this.kernel.call.setSessionId(pattern ? this.pattern(pattern) : 0);
  }

  /** Does what reads lines in TypeScript: times go on where the kernel's have come to, and the kernel's from there. */
  inTurn<T>(read: () => T): T {
    const { yearless, kernel } = this;
    for (const { rule, at } of yearless) [rule.year, rule.lastMonth] = [kernel.numbers[at], kernel.numbers[at + 1]];
    const result = read();
    for (const { rule, at } of yearless) kernel.numbers.set([rule.year, rule.lastMonth], at);
    return result;
  }

  private fields({ fields }: Layout): [Address, Address] {
    return this.array(fields.flatMap(({ pattern, literal }) => [this.pattern(pattern), ...this.text(literal)]));
  }

  private timeRule(rule: TimeRule): Address {
    const { steps, shortYear, epoch, hasYear, year, lastMonth } = rule;
    const written = this.array(steps.flatMap(({ kind, value, least, most }) => [kind, value, least, most]));
    const known = new Int32Array(Float64Array.of(EARLIEST, LATEST).buffer);
    const [isShort, isEpoch, isWhole] = [shortYear, epoch, hasYear].map(Number);
    const at = this.numbers([...written, isShort, isEpoch, ...known, isWhole, year, lastMonth]);
    if (rule.ordered) this.yearless.push({ rule, at: (at >> 2) + 9 });
    return at;
  }

  private pattern(pattern: BytePattern): Address {
    const known = this.patterns.get(pattern);
    if (known !== undefined) return known;
    const { next, starts, ends } = pattern.automaton;
    // Rows of 256 numbers of four bytes.
    const row = (state: number) => ((state & -256) << 2) | (state & 1);
    const parts = [next.map(row), pattern.first, starts.map(row), ends].map((part) => this.kernel.put(part));
    const run = runClass(pattern.automaton);
    const at = this.numbers([...parts, run ? this.kernel.put(run) : 0]);
    this.patterns.set(pattern, at);
    return at;
  }

  /** Where a text begins, and what is behind it. */
  private text(bytes: Uint8Array): [Address, Address] {
    const at = this.kernel.put(bytes);
    return [at, at + bytes.length];
  }

  private array(numbers: number[]): [Address, Address] {
    const at = this.numbers(numbers);
    return [at, at + 4 * numbers.length];
  }

  private numbers(numbers: number[]): Address {
    return this.kernel.put(Int32Array.from(numbers));
  }
}

/** First bytes of UTF-8 sequences, by their length less 1. */
const LEADS = [[], [0xc2, 0xdf], [0xe0, 0xef], [0xf0, 0xf4]];

/**
 * The bytes of the class, if a pattern is a run of one class, one or more; otherwise undefined. Characters beyond ASCII
 * are in it or not, all of them.
 */
function runClass({ next, ends, starts }: Automaton): Uint8Array | undefined {
  const start = starts[EDGE];
  const after = (state: number, bytes: number[]) => bytes.reduce((from, byte) => next[from | byte] & STATE, state);
  // Leads from the start, and from itself, to itself.
  const run = [...Array(128).keys()].map((byte) => after(start, [byte])).find((state) => state !== DEAD);
  if (run === undefined || ends[start >> 8] !== 0 || ends[run >> 8] !== ACCEPT) return undefined;
  const flags = new Uint8Array(256);
  for (let byte = 0; byte < 128; byte++) flags[byte] = after(start, [byte]) === run ? 1 : 0;
  const beyond = LEADS.flatMap((leads, more) => leads.map((lead) => [lead, ...Array<number>(more).fill(0x80)]));
  flags.fill(after(start, beyond[0]) === run ? 1 : 0, 128);
  const texts = [...Array.from({ length: 128 }, (_, byte) => [byte]), ...beyond];
  const is = texts.every((text) => [start, run].every((state) => after(state, text) === (flags[text[0]] ? run : DEAD)));
  return is ? flags : undefined;
}
