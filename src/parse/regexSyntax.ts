/** A set of characters: ASCII ones one by one, all others together. */
export interface CharSet {
  /** 128 flags. */
  ascii: Uint8Array;
  /** Whether every character beyond ASCII is in the set. */
  rest: boolean;
}

export type RegexNode =
  | { kind: 'set'; set: CharSet }
  | { kind: 'sequence'; items: RegexNode[] }
  | { kind: 'choice'; items: RegexNode[] }
  | { kind: 'repeat'; item: RegexNode; min: number; max: number; greedy: boolean };

/** Thrown for what this subset leaves out; the caller falls back on RegExp. */
class Unsupported extends Error {}

const META = '\\^$.*+?()[]{}|';
const DIGITS = chars('0123456789');
const WORD = chars('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_');
const CONTROLS: Record<string, string> = { t: '\t', v: '\v', f: '\f', r: '\r', n: '\n' };

/**
 * Parses the part of JavaScript's regular expressions that needs no memory of what came before: literals, classes,
 * `\d \w`, groups, alternatives and quantifiers. Anchors, look-arounds, back-references, `\s` and `.` are left out, the
 * last two because they name single characters beyond ASCII.
 *
 * @returns undefined when the pattern uses anything else
 */
export function parseRegex(pattern: string): RegexNode | undefined {
  try {
    return new RegexParser(pattern).parse();
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

/** Whether the node can match the empty text. */
export function isNullable(node: RegexNode): boolean {
  if (node.kind === 'set') return false;
  if (node.kind === 'sequence') return node.items.every(isNullable);
  if (node.kind === 'choice') return node.items.some(isNullable);
  return node.min === 0 || isNullable(node.item);
}

class RegexParser {
  private at = 0;

  constructor(private readonly text: string) {}

  parse(): RegexNode {
    const node = this.choice();
    if (this.at < this.text.length) throw new Unsupported();
    return node;
  }

  private choice(): RegexNode {
    const items = [this.sequence()];
    while (this.take('|')) items.push(this.sequence());
    return items.length === 1 ? items[0] : { kind: 'choice', items };
  }

  private sequence(): RegexNode {
    const items: RegexNode[] = [];
    while (this.at < this.text.length && this.text[this.at] !== '|' && this.text[this.at] !== ')') {
      items.push(this.quantified(this.atom()));
    }
    return items.length === 1 ? items[0] : { kind: 'sequence', items };
  }

  private quantified(item: RegexNode): RegexNode {
    const bounds = this.bounds();
    if (!bounds) return item;
    // RegExp refuses empty rounds of a loop, which an automaton can't tell from others.
    if (isNullable(item)) throw new Unsupported();
    return { kind: 'repeat', item, min: bounds[0], max: bounds[1], greedy: !this.take('?') };
  }

  private bounds(): [number, number] | undefined {
    if (this.take('*')) return [0, Infinity];
    if (this.take('+')) return [1, Infinity];
    if (this.take('?')) return [0, 1];
    if (this.text[this.at] !== '{') return undefined;
    const found = /^\{(\d+)(,(\d*))?\}/.exec(this.text.slice(this.at));
    if (!found) throw new Unsupported();
    this.at += found[0].length;
    const min = Number(found[1]);
    return [min, found[2] === undefined ? min : found[3] ? Number(found[3]) : Infinity];
  }

  private atom(): RegexNode {
    if (this.take('(')) return this.group();
    if (this.take('[')) return { kind: 'set', set: this.characterClass() };
    if (this.take('\\')) return { kind: 'set', set: this.escape() };
    const character = this.text[this.at];
    if (META.includes(character) || character > '\x7f') throw new Unsupported();
    this.at++;
    return { kind: 'set', set: chars(character) };
  }

  private group(): RegexNode {
    if (this.take('?') && !this.take(':')) throw new Unsupported();
    const node = this.choice();
    if (!this.take(')')) throw new Unsupported();
    return node;
  }

  private characterClass(): CharSet {
    const negate = this.take('^');
    const set: CharSet = { ascii: new Uint8Array(128), rest: false };
    while (!this.take(']')) {
      if (this.at >= this.text.length) throw new Unsupported();
      const low = this.classMember();
      if (typeof low === 'string' && this.text[this.at] === '-' && this.text[this.at + 1] !== ']') {
        this.at++;
        const high = this.classMember();
        if (typeof high !== 'string' || high < low) throw new Unsupported();
        for (let code = low.charCodeAt(0); code <= high.charCodeAt(0); code++) set.ascii[code] = 1;
      } else {
        join(set, typeof low === 'string' ? chars(low) : low);
      }
    }
    return negate ? negated(set) : set;
  }

  private classMember(): string | CharSet {
    if (this.take('\\')) {
      const set = this.escape();
      const members = [...set.ascii.keys()].filter((code) => set.ascii[code]);
      return members.length === 1 && !set.rest ? String.fromCharCode(members[0]) : set;
    }
    const character = this.text[this.at++];
    if (character > '\x7f') throw new Unsupported();
    return character;
  }

  private escape(): CharSet {
    const character = this.text[this.at++];
    if (character === 'd') return DIGITS;
    if (character === 'D') return negated(DIGITS);
    if (character === 'w') return WORD;
    if (character === 'W') return negated(WORD);
    if (CONTROLS[character]) return chars(CONTROLS[character]);
    if (character === undefined || character > '\x7f' || /\w/.test(character)) throw new Unsupported();
    return chars(character);
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }
}

function chars(text: string): CharSet {
  const ascii = new Uint8Array(128);
  for (let i = 0; i < text.length; i++) ascii[text.charCodeAt(i)] = 1;
  return { ascii, rest: false };
}

function negated({ ascii, rest }: CharSet): CharSet {
  return { ascii: ascii.map((flag) => 1 - flag), rest: !rest };
}

function join(set: CharSet, other: CharSet): void {
  for (let code = 0; code < 128; code++) set.ascii[code] |= other.ascii[code];
  set.rest ||= other.rest;
}
