import { FORMATS, type Format, PLAIN } from './formats.js';
import { emptyHeader, type HeaderReader, headerReader, isBlank } from './header.js';
import { JoinRule } from './joinRule.js';

/** The 97.5 % quantile of the normal distribution: two-sided 95 %. */
const Z = 1.96;

/** How many lines a format fits. */
export interface FormatFit {
  name: string;
  lines: number;
  /** Of these, lines whose header tells this format from others with the same layout. */
  told: number;
}

/** What a log's format seems to be. */
export interface Detection {
  /** Name of the format; undefined when none fits half of the lines. */
  name: string | undefined;
  /** Lower end of the 95 % interval (Wilson) of the share of all lines that the format fits. */
  confidence: number;
  /** Lines looked at; blank ones, and those that continue a record, left out. */
  lines: number;
  /** Formats that fit some lines, the best first. */
  fits: FormatFit[];
}

/**
 * Decides from a log's first lines which format it has: the one that fits most lines; among equals the one that more
 * lines tell by their component, then the more special one.
 */
export function detectFormat(
  lines: readonly (Uint8Array | string)[],
  matcher: FormatMatcher = new FormatMatcher(),
): Detection {
  const fits = new Map<string, FormatFit>();
  const continued = new JoinRule();
  let looked = 0;
  for (const line of lines) {
    const bytes = typeof line === 'string' ? Buffer.from(line) : line;
    if (isBlank(bytes, 0, bytes.length)) continue;
    const matches = matcher.match(bytes);
    if (matches.length === 0 && continued.joins(bytes, 0, bytes.length)) continue;
    looked++;
    for (const { name, told } of matches) {
      const fit = fits.get(name) ?? { name, lines: 0, told: 0 };
      fits.set(name, fit);
      fit.lines++;
      if (told) fit.told++;
    }
  }
  const ranked = ranking([...fits.values()]);
  const best = ranked[0];
  if (!best || best.lines * 2 < looked) return { name: undefined, confidence: 0, lines: looked, fits: ranked };
  return { name: best.name, confidence: wilson(best.lines, looked), lines: looked, fits: ranked };
}

/** Tries a line on every format. */
export class FormatMatcher {
  private readonly entries = Object.entries(FORMATS)
    .filter(([name]) => name !== PLAIN)
    .map(([name, format]) => new Entry(name, format));

  /** The formats that the line fits, in the order of the table, and whether its header tells them. */
  match(line: Uint8Array): { name: string; told: boolean }[] {
    return this.entries.filter((entry) => entry.fits(line)).map((entry) => ({ name: entry.name, told: entry.told }));
  }

  /** The format of a line that is seen alone; undefined when none fits. */
  decide(line: Uint8Array): string | undefined {
    const matches = this.match(line).map(({ name, told }) => ({ name, lines: 1, told: Number(told) }));
    return ranking(matches)[0]?.name;
  }
}

class Entry {
  told = false;
  private readonly reader: HeaderReader;
  private readonly header = emptyHeader();
  private readonly tells: RegExp | undefined;

  constructor(
    readonly name: string,
    format: Format,
  ) {
    this.reader = headerReader(format);
    this.tells = format.tells && new RegExp(format.tells.pattern);
  }

  fits(line: Uint8Array): boolean {
    const { header } = this;
    if (!this.reader.read(line, 0, line.length, header)) return false;
    this.told = this.tells?.test(programOf(header)) ?? false;
    return true;
  }
}

/** The header from the component on. */
function programOf({ bytes, componentStart, contentStart }: ReturnType<typeof emptyHeader>): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + componentStart, contentStart - componentStart).toString('latin1');
}

function ranking(fits: FormatFit[]): FormatFit[] {
  const order = Object.keys(FORMATS);
  const place = ({ name }: FormatFit) => order.indexOf(name) + (isUntold(FORMATS[name], fits, name) ? order.length : 0);
  return fits.sort((a, b) => b.lines - a.lines || place(a) - place(b));
}

/** Whether too few lines tell a format that has to be told; it then comes after those that needn't. */
function isUntold({ tells }: Format, fits: FormatFit[], name: string): boolean {
  const fit = fits.find((other) => other.name === name);
  return tells !== undefined && fit !== undefined && (fit.told === 0 || fit.told < tells.share * fit.lines);
}

function wilson(successes: number, trials: number): number {
  const share = successes / trials;
  const spread = Z * Math.sqrt((share * (1 - share)) / trials + (Z * Z) / (4 * trials * trials));
  return (share + (Z * Z) / (2 * trials) - spread) / (1 + (Z * Z) / trials);
}
