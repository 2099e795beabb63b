/** A set of characters: ASCII ones one by one, all others together. */
export interface CharSet {
  /** 128 flags. */
  ascii: Uint8Array;
  /** Whether every character beyond ASCII is in the set. */
  rest: boolean;
}

export type RegexNode =
  | { kind: 'set'; set: CharSet }
  /** One character beyond ASCII, as UTF-8. */
  | { kind: 'bytes'; bytes: Uint8Array }
  /** The character behind or ahead is of the set, or there is none and `edge` is set; nothing is consumed. */
  | { kind: 'look'; ahead: boolean; set: CharSet; edge: boolean }
  /** The first group that captures. */
  | { kind: 'group'; item: RegexNode }
  | { kind: 'sequence'; items: RegexNode[] }
  | { kind: 'choice'; items: RegexNode[] }
  | { kind: 'repeat'; item: RegexNode; min: number; max: number; greedy: boolean };

/** Says what is wrong with a pattern, or outside of the subset. */
class RegexFault extends Error {}

const META = '\\^$.*+?()[]{}|';
const NONE: CharSet = { ascii: new Uint8Array(128), rest: false };
const DIGITS = chars('0123456789');
const WORD = chars('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_');
const SPACE = chars('\t\n\v\f\r ');
const CLASSES: Record<string, CharSet> = { d: DIGITS, w: WORD, s: SPACE };
const CONTROLS: Record<string, string> = { t: '\t', v: '\v', f: '\f', r: '\r', n: '\n' };

/**
 * Parses the part of JavaScript's regular expressions that an automaton can match in linear time: literals, classes,
 * `.`, groups, alternatives, quantifiers, `^ $ \b \B`, and look-arounds of one character. White space (`\s`) is that
 * of ASCII. Back-references, longer look-arounds and `\p` are left out.
 *
 * @returns undefined when the pattern is wrong or uses anything else; `regexFault` says why
 */
export function parseRegex(pattern: string): RegexNode | undefined {
  const found = tryParse(pattern);
  return typeof found === 'string' ? undefined : found;
}

/** Why a pattern can't be used; undefined when it can. */
export function regexFault(pattern: string): string | undefined {
  const found = tryParse(pattern);
  if (typeof found === 'string') return found;
  return isNullable(found) ? 'the pattern matches the empty text' : undefined;
}

/** Whether the node can match the empty text. */
export function isNullable(node: RegexNode): boolean {
  if (node.kind === 'set' || node.kind === 'bytes') return false;
  if (node.kind === 'look') return true;
  if (node.kind === 'group') return isNullable(node.item);
  if (node.kind === 'sequence') return node.items.every(isNullable);
  if (node.kind === 'choice') return node.items.some(isNullable);
  return node.min === 0 || isNullable(node.item);
}

function tryParse(pattern: string): RegexNode | string {
  try {
    return new RegexParser(pattern).parse();
  } catch (error) {
    if (error instanceof RegexFault) return error.message;
    throw error;
  }
}

class RegexParser {
  private at = 0;
  private captured = false;

  constructor(private readonly text: string) {}

  parse(): RegexNode {
    const node = this.choice();
    if (this.at < this.text.length) throw this.unexpected();
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
    if (isNullable(item)) throw new RegexFault('what is repeated has to match some text');
    return { kind: 'repeat', item, min: bounds[0], max: bounds[1], greedy: !this.take('?') };
  }

  private bounds(): [number, number] | undefined {
    if (this.take('*')) return [0, Infinity];
    if (this.take('+')) return [1, Infinity];
    if (this.take('?')) return [0, 1];
    if (this.text[this.at] !== '{') return undefined;
    const found = /^\{(\d+)(,(\d*))?\}/.exec(this.text.slice(this.at));
    if (!found) throw this.unexpected();
    this.at += found[0].length;
    const min = Number(found[1]);
    return [min, found[2] === undefined ? min : found[3] ? Number(found[3]) : Infinity];
  }

  private atom(): RegexNode {
    if (this.take('(')) return this.group();
    if (this.take('[')) return { kind: 'set', set: this.characterClass() };
    if (this.take('.')) return { kind: 'set', set: negated(chars('\n\r')) };
    if (this.take('^')) return { kind: 'look', ahead: false, set: NONE, edge: true };
    if (this.take('$')) return { kind: 'look', ahead: true, set: NONE, edge: true };
    if (this.text.startsWith('\\b', this.at) || this.text.startsWith('\\B', this.at)) return this.boundary();
    if (this.take('\\')) return { kind: 'set', set: this.escape() };
    const character = String.fromCodePoint(this.text.codePointAt(this.at) as number);
    if (META.includes(character)) throw this.unexpected();
    this.at += character.length;
    if (character > '\x7f') return { kind: 'bytes', bytes: Buffer.from(character) };
    return { kind: 'set', set: chars(character) };
  }

  private boundary(): RegexNode {
    const inside = this.text[this.at + 1] === 'B';
    this.at += 2;
    const between = (wordBehind: boolean, wordAhead: boolean): RegexNode => ({
      kind: 'sequence',
      items: [lookFor(WORD, false, wordBehind), lookFor(WORD, true, wordAhead)],
    });
    return { kind: 'choice', items: [between(true, inside), between(false, !inside)] };
  }

  private group(): RegexNode {
    const look = /^\?(<?)([=!])/.exec(this.text.slice(this.at));
    const name = /^\?(?::|P?<\w+>)/.exec(this.text.slice(this.at));
    this.at += (look ?? name)?.[0].length ?? 0;
    if (this.text[this.at] === '?') throw new RegexFault(`(?${this.text[this.at + 1] ?? ''} isn't supported`);
    const captures = !look && !name?.[0].endsWith(':') && !this.captured;
    if (captures) this.captured = true;
    const node = this.choice();
    if (!this.take(')')) throw this.unexpected();
    if (captures) return { kind: 'group', item: node };
    if (!look) return node;
    const ahead = look[1] === '';
    const { set, edge } = sideOf(node, ahead);
    return look[2] === '='
      ? { kind: 'look', ahead, set, edge }
      : { kind: 'look', ahead, set: negated(set), edge: !edge };
  }

  private characterClass(): CharSet {
    const negate = this.take('^');
    const set: CharSet = { ascii: new Uint8Array(128), rest: false };
    while (!this.take(']')) {
      if (this.at >= this.text.length) throw this.unexpected();
      const low = this.classMember();
      if (typeof low === 'string' && this.text[this.at] === '-' && this.text[this.at + 1] !== ']') {
        this.at++;
        const high = this.classMember();
        if (typeof high !== 'string' || high < low) throw new RegexFault('a range of characters is out of order');
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
    if (character > '\x7f') throw new RegexFault('only ASCII characters can stand in a class');
    return character;
  }

  private escape(): CharSet {
    const character = this.text[this.at++];
    const lower = character?.toLowerCase();
    if (character !== undefined && CLASSES[lower]) {
      return character === lower ? CLASSES[lower] : negated(CLASSES[lower]);
    }
    if (CONTROLS[character]) return chars(CONTROLS[character]);
    if (character === undefined || character > '\x7f' || /\w/.test(character)) {
      throw new RegexFault(`\\${character ?? ''} isn't supported, since it can't be matched in linear time`);
    }
    return chars(character);
  }

  private unexpected(): RegexFault {
    const found = this.text[this.at];
    return new RegexFault(found === undefined ? 'the pattern ends too early' : `unexpected ${found} at ${this.at + 1}`);
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }
}

/** A look-around for one side of a word boundary; the edge of the text is no word. */
function lookFor(set: CharSet, ahead: boolean, wanted: boolean): RegexNode {
  return { kind: 'look', ahead, set: wanted ? set : negated(set), edge: !wanted };
}

/** What a look-around looks for, if that is one character or the edge of the text. */
function sideOf(node: RegexNode, ahead: boolean): { set: CharSet; edge: boolean } {
  if (node.kind === 'set') return { set: node.set, edge: false };
  if (node.kind === 'look' && node.ahead === ahead) return node;
  if (node.kind === 'group') return sideOf(node.item, ahead);
  if (node.kind !== 'choice') throw new RegexFault('a look-around can look at one character only');
  const sides = node.items.map((item) => sideOf(item, ahead));
  const set: CharSet = { ascii: new Uint8Array(128), rest: false };
  for (const side of sides) join(set, side.set);
  return { set, edge: sides.some(({ edge }) => edge) };
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
