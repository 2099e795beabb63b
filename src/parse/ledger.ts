import { readFile } from 'node:fs/promises';
import type { Settings } from '../config/schema.js';
import type { Format } from './formats/formats.js';

const FORMAT = 'logbert-ledger';
const VERSION = 2;

/** The account of a parse: linesIn = parsed + rejected + joined + blank. */
export interface Ledger {
  linesIn: number;
  /** Lines that became events. */
  parsed: number;
  /** Lines that hadn't the layout of the format or were too long; they are in rejected.log. */
  rejected: number;
  /** Lines without a header that were joined to the record before. */
  joined: number;
  /** Lines of white space alone. */
  blank: number;
  /** Events that name no session. */
  withoutId: number;
  /** Events that match no template (-1). */
  unmatched: number;
  /** Name of the lines' format. */
  lineFormat: string;
  /** The format itself, with year and session id of the settings in place: what reads more lines alike. */
  lineLayout: Format;
  /** How sure its detection was (Detection.confidence); null when the user named it. */
  formatConfidence: number | null;
  protocol: Settings['split']['protocol'];
  /** Strict protocol: where the test side begins. */
  border: null | {
    /** Row of its first event in events.parquet. */
    row: number;
    file: string;
    /** 1-based. */
    line: number;
    /** Sessions that begin before it; null when no line names a session. */
    sessionsBefore: number | null;
  };
  trainFraction: number;
  /** Whether the parser only matched. */
  matchOnly: boolean;
  files: string[];
}

export function ledgerJson(ledger: Ledger): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...ledger }, null, 2)}\n`;
}

/** Reads a ledger.json that `run.require('ledger')` has found. */
export async function loadLedger(path: string): Promise<Ledger> {
  const { format, version, ...ledger } = JSON.parse(await readFile(path, 'utf8'));
  if (format !== FORMAT || version !== VERSION) throw new Error(`${path} isn't a ledger of version ${VERSION}`);
  return ledger as Ledger;
}
