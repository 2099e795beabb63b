import type { PiiKind } from '../../../src/parse/pii/detectors.js';
import { Random } from '../../../src/random.js';

/** A line, and the values in it that have to go. */
export interface LabelledLine {
  text: string;
  values: { kind: PiiKind; value: string }[];
}

type Make = (random: Random) => string;

const NAMES = 'anna bert carl dora emil zoe.k j_smith svc-backup root oracle www-data mary-ann'.split(' ');
const DOMAINS = 'example.org mail.corp.example.co.uk gmail.com stats-eu.io'.split(' ');
const HEX = '0123456789abcdef';
const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

const name: Make = (random) => pick(NAMES, random);
const octet: Make = (random) => String(random.int(256));
const ipv4: Make = (random) => [octet, octet, octet, octet].map((make) => make(random)).join('.');
const ipv6: Make = (random) => {
  const group = () => text(HEX, 1 + random.int(4), random);
  if (random.int(2)) return Array.from({ length: 8 }, group).join(':');
  return `fe80::${Array.from({ length: 1 + random.int(4) }, group).join(':')}:1`;
};
const email: Make = (random) => `${name(random)}@${pick(DOMAINS, random)}`;
const password: Make = (random) =>
  `${text(ALPHANUMERIC, 5 + random.int(8), random)}${pick(['!', '#1', '', '?x'], random)}`;
const apiKey: Make = (random) => text(ALPHANUMERIC, 20 + random.int(20), random);
const jwt: Make = (random) =>
  `eyJ${text(ALPHANUMERIC, 17, random)}.eyJ${text(ALPHANUMERIC, 30, random)}.${text(ALPHANUMERIC, 43, random)}`;
const card: Make = (random) => {
  const body = `4${text('0123456789', 14, random)}`;
  const number = [...'0123456789'].map((check) => body + check).find(isLuhn) as string;
  return pick([number, number.replace(/(\d{4})(?=\d)/g, '$1 '), number.replace(/(\d{4})(?=\d)/g, '$1-')], random);
};

const VALUES: Record<string, { kind: PiiKind; make: Make }> = {
  N: { kind: 'USER', make: name },
  4: { kind: 'IP', make: ipv4 },
  6: { kind: 'IP', make: ipv6 },
  E: { kind: 'EMAIL', make: email },
  P: { kind: 'SECRET', make: password },
  K: { kind: 'SECRET', make: apiKey },
  J: { kind: 'SECRET', make: jwt },
  C: { kind: 'CARD', make: card },
};

/** `{X}` is a value that has to go, `{x}` filler that has to stay. */
const WITH_VALUES = [
  'Failed password for invalid user {N} from {4} port {n} ssh2',
  'Accepted publickey for {N} from {4} port {n} ssh2: RSA SHA256:{h}',
  'pam_unix(sshd:session): session opened for user {N} by (uid=0)',
  'authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={4}  user={N}',
  'user={N} action=login status=ok ip={4} duration={n}ms',
  '{"level":"info","user":"{N}","email":"{E}","remote":"{4}","took":{n}}',
  '{4} - - [10/Oct/2024:13:55:36 +0000] "GET /index.html?id={n} HTTP/1.1" 200 {n}',
  'connect to db failed: host=db-{n} username={N} password={P}',
  'config loaded: {"password": "{P}", "port": {n}}',
  'Authorization: Bearer {K}',
  'request headers: x-api-key={K}; accept=*/*',
  'set cookie token={J}; path=/',
  'payment of {n} EUR with card {C} accepted',
  'PAN {C} declined by issuer, reason {n}',
  'mail from <{E}> to <{E}> queued as {h}',
  'User {N} logged in from [{6}]',
  'new connection from {6} on eth0',
  'opening /home/{N}/projects/app/config.yaml failed: No such file',
  'open C:\\Users\\{N}\\AppData\\Local\\Temp\\x{n}.tmp',
  'clone https://{N}:{P}@git.example.org/repo.git', // one secret, credentials together
  'INFO login: {N}, tenant {n}',
  'api_key: {K} rejected for tenant {n}',
  'DB_PASSWORD={P} exported',
  'invited by user {N}: {E}',
  'Invalid user {N} from {4}',
  // No rule knows these.
  '{N} joined channel ops-{n}',
  'su: {N} to operator on pts/{n}',
];

const WITHOUT = [
  'Receiving block blk_-{b} src: /shard-{n} dest: rack{n}',
  'upgraded openssl from 1.1.{n} to 3.0.{n}, build 10.0.19041.{n}',
  'user logged out after {n} s; user session expired',
  'password changed, password policy ok; token expired',
  'order {b} shipped, tracking 1Z{b}',
  'trace id {u} span {h} took {n} ms',
  'Token: expired, retry in {n} s',
  'GET /api/v2/users/{n}/tokens 404 in {n} ms',
  'std::vector<int>::at out of range in net::connect at 12:3{d}:4{d}',
  'basic authentication is disabled on listener {n}',
  'user agent Mozilla/5.0 (X11; Linux x86_64) rv:{n}.0',
  'checksum {h} of package libfoo-{n}.so.1.2.3',
  'thread pool size={n} queue={n} user=null password=null',
  'sequence {b}{b} wraps at 4000{b}',
];

/** `count` lines; equal seeds give equal lines. */
export function labelledLines(count: number, seed: number): LabelledLine[] {
  const random = new Random(seed, 'pii');
  return Array.from({ length: count }, () => lineOf(pick(random.int(10) < 6 ? WITH_VALUES : WITHOUT, random), random));
}

function lineOf(pattern: string, random: Random): LabelledLine {
  const values: LabelledLine['values'] = [];
  const filled = pattern.replace(/\{(\w)\}/g, (_, sign: string) => {
    if (!VALUES[sign]) return filler(sign, random);
    const { kind, make } = VALUES[sign];
    const value = make(random);
    values.push({ kind, value });
    return value;
  });
  if (!pattern.includes('://')) return { text: filled, values };
  return { text: filled, values: [{ kind: 'SECRET', value: values.map(({ value }) => value).join(':') }] };
}

function filler(sign: string, random: Random): string {
  if (sign === 'h') return text(HEX, 24, random);
  if (sign === 'b') return text('123456789', 16, random);
  if (sign === 'd') return String(random.int(10));
  if (sign === 'u') return [8, 4, 4, 4, 12].map((length) => text(HEX, length, random)).join('-');
  return String(random.int(60_000));
}

function isLuhn(number: string): boolean {
  const doubled = [...number].reverse().map((digit, i) => Number(digit) * (i % 2 ? 2 : 1));
  return doubled.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10 === 0;
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.int(list.length)];
}

function text(alphabet: string, length: number, random: Random): string {
  return Array.from({ length }, () => alphabet[random.int(alphabet.length)]).join('');
}
