import Papa from 'papaparse';
import { UserError } from '../error.js';
import { readText } from './bytes.js';
import { UNKNOWN } from './sessions.js';

const WORDS = new Map([
  ['normal', 0],
  ['anomaly', 1],
  ['0', 0],
  ['1', 1],
]);

const EXPECTED = 'the columns BlockId and Label, with the labels Normal and Anomaly, or 0 and 1';

/** Label of each session id: 1 anomaly, 0 normal. */
export type Labels = Map<string, number>;

/**
 * Reads a CSV with the columns `BlockId,Label` (others are ignored), plain or gzipped.
 * @throws UserError that names the line of a missing column, an unknown label or a contradiction
 */
export async function readLabels(path: string): Promise<Labels> {
  return decodeLabels(await readText(path, 'labels file'), path);
}

/** As `readLabels`, from the text itself; `path` serves messages. */
export function decodeLabels(text: string, path: string): Labels {
  const labels: Labels = new Map();
  let columns: Columns | undefined;
  let line = 0;
  Papa.parse<string[]>(text, {
    delimiter: ',',
    step: ({ data: row }) => {
      line++;
      if (row.length === 1 && row[0].trim() === '') return;
      if (columns) add(labels, row, columns, `${path}:${line}`);
      else columns = findColumns(row, `${path}:${line}`);
    },
  });
  if (labels.size === 0) throw new UserError(`${path} holds no labels; expected ${EXPECTED}.`);
  return labels;
}

/** A label for each id, -1 where there is none, and how many labels name no session. */
export function joinLabels(ids: string[], labels: Labels): { joined: Int8Array; unused: number } {
  const joined = Int8Array.from(ids, (id) => labels.get(id) ?? UNKNOWN);
  const used = joined.reduce((sum, label) => sum + (label === UNKNOWN ? 0 : 1), 0);
  return { joined, unused: labels.size - used };
}

interface Columns {
  id: number;
  label: number;
}

function findColumns(header: string[], place: string): Columns {
  const names = header.map((name) => name.trim().toLowerCase());
  const [id, label] = [names.indexOf('blockid'), names.indexOf('label')];
  if (id >= 0 && label >= 0) return { id, label };
  throw new UserError(`${place}: expected ${EXPECTED}; found "${shown(header.join(','))}".`);
}

function add(labels: Labels, row: string[], columns: Columns, place: string): void {
  const id = row[columns.id]?.trim();
  const word = row[columns.label]?.trim() ?? '';
  const label = WORDS.get(word.toLowerCase());
  if (!id) throw new UserError(`${place}: a label without a block id.`);
  if (label === undefined) {
    throw new UserError(`${place}: expected the label Normal or Anomaly (or 0 or 1), found "${shown(word)}".`);
  }
  if ((labels.get(id) ?? label) !== label) {
    throw new UserError(`${place}: ${shown(id)} is labelled both Normal and Anomaly.`);
  }
  labels.set(id, label);
}

/** A piece of a file as a message may show it: short, and without control characters. */
function shown(text: string): string {
  const plain = text.replace(/\p{Cc}/gu, '?');
  return plain.length > 60 ? `${plain.slice(0, 60)}...` : plain;
}
