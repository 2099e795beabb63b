import { MASKS } from '../masks/masks.js';

/** What stands in a masked line, as `<KIND>`. */
export type PiiKind = 'SECRET' | 'EMAIL' | 'USER' | 'IP' | 'CARD';

/** Finds one kind of personal data or secret. Patterns are those of regexSyntax.ts. */
export interface Detector {
  kind: PiiKind;
  /** What has to come right before the value, and stays. */
  key?: string;
  value: string;
  /** Judges a value by itself, the text that matched `key`, and up to 40 bytes that follow. */
  accept?: (value: string, key: string, after: string) => boolean;
}

const SEPARATOR = '(?:\\s=\\s|=|:\\s?)';
const SECRET_WORD = anyCase(
  'pass(?:word|wd|phrase)|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|' +
    'session[_-]?(?:token|key)|cookie|credentials?|authorization',
);
const SECRET_KEY = `(?<![\\w.-])[\\w.-]*(?:${SECRET_WORD})`;
const USER_KEY = `(?<!\\w)(?:${anyCase('user|username|user[_-]name|user[_-]?id|login|loginname|logname|ruser|acct|account|principal')})`;
const NAME_PART = '[^\\s"\'<>,;:()\\[\\]{}=/|\\\\.!?*&#%@]+';
/** Letters of any script; dots within only. */
const NAME = `${NAME_PART}(?:\\.${NAME_PART})*`;
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';

/** Words that stand where a value might, and are none. */
const NEUTRAL = words('null nil none empty true false yes no unknown undefined hidden redacted masked n/a');
/** Words that follow `user` in sentences and are no name. */
const PROSE = words(
  'from logged login log session name names account accounts is was has not and or to with for agent space request ' +
    'requests input data interface mode defined id ids group groups failed success succeeded error invalid denied ' +
    'timeout expired required ok profile role roles service process directory home settings found does request, ' +
    'authentication password key type info level in on at by connection created deleted updated',
);

/** In the order of their claims to the same bytes. */
export const DETECTORS: readonly Detector[] = [
  { kind: 'SECRET', key: `${SECRET_KEY}["']?${SEPARATOR}"`, value: '[^"]+', accept: isValue },
  { kind: 'SECRET', key: `${SECRET_KEY}["']?${SEPARATOR}'`, value: "[^']+", accept: isValue },
  // Behind a scheme, so that it isn't the scheme that counts as the secret.
  {
    kind: 'SECRET',
    key: `(?<!\\w)(?:${anyCase('bearer|basic|digest')})\\s+`,
    value: '[\\w.~+/=-]{8,}',
    accept: (value) => /[\dA-Z=]/.test(value),
  },
  { kind: 'SECRET', key: `${SECRET_KEY}${SEPARATOR}`, value: '[^\\s"\'&,;<>(){}\\[\\]|]+', accept: isSecret },
  { kind: 'SECRET', key: '://', value: '[^\\s/@:"\']+:[^\\s/@"\']+(?=@)' },
  { kind: 'SECRET', value: '\\beyJ[\\w-]+\\.[\\w-]+\\.[\\w-]+' },
  { kind: 'SECRET', value: '\\bAKIA[0-9A-Z]{16}\\b|\\bgh[pousr]_[0-9a-zA-Z]{20,}|\\bxox[abprs]-[\\w-]+' },
  { kind: 'SECRET', value: '\\b[sr]k_(?:live|test)_\\w+|\\bAIza[\\w-]{30,}|\\bglpat-[\\w-]+' },
  // A domain ends in letters; an address such as `akka@10.0.0.1` is no one's.
  { kind: 'EMAIL', value: '\\b[\\w.+-]+@(?:[\\w-]+\\.)+[a-zA-Z]{2,}\\b' },
  { kind: 'USER', key: `${USER_KEY}["']?${SEPARATOR}["']?`, value: `(?:[\\w-]+\\\\)?${NAME}`, accept: isName },
  {
    kind: 'USER',
    key: `(?<!\\w)(?:${anyCase('for|by|from|as|of|to|invalid|illegal|unknown|new|remote')})\\s+user\\s+["']?`,
    value: NAME,
    accept: isName,
  },
  { kind: 'USER', key: '(?<!\\w)[Uu]ser\\s+["\']', value: '[^"\']+', accept: isName },
  {
    kind: 'USER',
    key: '(?<!\\w)[Uu]ser\\s+',
    value: NAME,
    accept: (value, _key, after) =>
      isName(value) && /^ (?:has |was |is )?(?:logged|signed|connected|disconnected|authenticated)/.test(after),
  },
  {
    kind: 'USER',
    key: '(?:(?:Failed|Accepted) [\\w/-]+|authentication failures?) for\\s+',
    value: NAME,
    accept: (value, _key, after) => isName(value) && !after.startsWith(' user '),
  },
  { kind: 'USER', key: '(?:[Ll]ogged|[Ss]igned) (?:in|on) as\\s+["\']?', value: NAME, accept: isName },
  { kind: 'USER', key: '(?<![\\w.])/(?:home|Users)/', value: NAME, accept: isName },
  { kind: 'USER', key: '\\b[a-zA-Z]:\\\\(?:Users|Documents and Settings)\\\\', value: NAME, accept: isName },
  {
    kind: 'IP',
    value: `(?<![\\w.-])${OCTET}(?:\\.${OCTET}){3}(?![\\w-])`,
    accept: (_value, _key, after) => !/^\.\d/.test(after),
  },
  { kind: 'IP', value: MASKS.IPV6, accept: (value) => /\d/.test(value) },
  { kind: 'CARD', value: '(?<![\\w.-])[23456]\\d{3}(?:[ -]?\\d){9,15}(?![\\w-])', accept: isCard },
];

function isValue(value: string): boolean {
  return !NEUTRAL.has(value.toLowerCase()) && !/^[*x.]+$/i.test(value);
}

/** Behind a colon a word may also be prose: `token: expired`. */
function isSecret(value: string, key: string): boolean {
  if (!isValue(value) || /^(?:bearer|basic|digest)$/i.test(value)) return false;
  return key.endsWith('=') || key.endsWith('= ') || /[^a-z.]/.test(value) || /pass|pwd/i.test(key);
}

function isName(value: string): boolean {
  const word = value.toLowerCase();
  return !NEUTRAL.has(word) && !PROSE.has(word);
}

/** Length and first digits of a card's issuer, and Luhn's check digit (ISO/IEC 7812-1, annex B). */
function isCard(value: string): boolean {
  const digits = value.replace(/[ -]/g, '');
  const issued = /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12})$/.test(
    digits,
  );
  return issued && luhn(digits);
}

function luhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Letters outside of classes and escapes in both cases. */
function anyCase(pattern: string): string {
  return pattern.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
