import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { detectFormat, FormatMatcher } from '../../src/parse/formats/detect.js';
import { formatNamed } from '../../src/parse/formats/formats.js';
import { Layout } from '../../src/parse/formats/layout.js';
import { DATA, HAS_DATA } from './fixtures.js';

const SYSTEMS = [
  ...['Android', 'Apache', 'BGL', 'HDFS', 'HPC', 'Hadoop', 'HealthApp', 'Linux', 'Mac'],
  ...['OpenSSH', 'OpenStack', 'Proxifier', 'Spark', 'Thunderbird', 'Windows', 'Zookeeper'],
];

/** Columns of `_structured.csv` that have another name here: the name there is missing or misleading. */
const RENAMED: Record<string, Record<string, string>> = {
  Linux: { Level: 'Node', PID: 'Pid' },
  Mac: { User: 'Node', PID: 'Pid' },
  OpenSSH: { Date: 'Month', Day: 'Date', Component: 'Node' },
  Thunderbird: { Date: 'Day', Day: 'Date', User: 'Node', PID: 'Pid' },
  Proxifier: { Program: 'Component' },
  OpenStack: { ADDR: 'Request' },
  Zookeeper: { Node: 'Thread' },
};
const NO_HEADER = ['LineId', 'Content', 'EventId', 'EventTemplate'];

interface Sample {
  lines: string[];
  rows: Record<string, string>[];
}

function sample(system: string): Sample {
  const path = join(DATA, 'loghub_2k', system, `${system}_2k.log`);
  const csv = readFileSync(`${path}_structured.csv`, 'utf8');
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  return {
    lines: lines.slice(0, 2000),
    rows: Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data,
  };
}

/** Fields of a line by the first layout of the format that fits; undefined when none does. */
function headerOf(layouts: Layout[], line: string): Record<string, string> | undefined {
  const bytes = Buffer.from(line);
  const layout = layouts.find((candidate) => candidate.scan(bytes, 0, bytes.length));
  if (!layout) return undefined;
  const fields = layout.names.map((name, i) => [name, bytes.toString('utf8', layout.starts[i], layout.ends[i])]);
  return { ...Object.fromEntries(fields), Content: bytes.toString('utf8', layout.contentStart) };
}

function layoutsOf(name: string): Layout[] {
  const format = formatNamed(name);
  return format.layouts.map((layout) => new Layout(layout, format));
}

/** Lines whose header isn't that of the row. */
function wrongLines(system: string, header: (line: string) => Record<string, string> | undefined): string[] {
  const { lines, rows } = sample(system);
  const columns = Object.keys(rows[0]).filter((column) => !NO_HEADER.includes(column));
  return lines.filter((line, i) => {
    const found = header(line);
    const right = (column: string) =>
      (found?.[RENAMED[system]?.[column] ?? column] ?? '').trim() === (rows[i][column] ?? '').trim();
    return !found || !columns.every(right) || found.Content.trim() !== rows[i].Content.trim();
  });
}

describe.skipIf(!HAS_DATA)(`Loghub samples${HAS_DATA ? '' : ` (no logs in ${DATA}: set LOGBERT_TEST_DATA)`}`, () => {
  it.each(SYSTEMS)('%s: header fields are those of _structured.csv', (system) => {
    const layouts = layoutsOf(system.toLowerCase());
    expect(wrongLines(system, (line) => headerOf(layouts, line))).toEqual([]);
  });

  it.each(SYSTEMS)('%s is detected from any 100 lines', (system) => {
    const { lines } = sample(system);
    const matcher = new FormatMatcher();
    for (let from = 0; from < lines.length; from += 100) {
      expect(detectFormat(lines.slice(from, from + 100), matcher).name).toBe(system.toLowerCase());
    }
  });

  it('at least 99 % of the lines are right when all systems are mixed and each line is decided alone', () => {
    const matcher = new FormatMatcher();
    const layouts = new Map<string, Layout[]>();
    const header = (line: string) => {
      const name = matcher.decide(Buffer.from(line));
      if (name === undefined) return undefined;
      if (!layouts.has(name)) layouts.set(name, layoutsOf(name));
      return headerOf(layouts.get(name) ?? [], line);
    };
    const wrong = SYSTEMS.flatMap((system) => wrongLines(system, header));
    expect(wrong.length).toBeLessThanOrEqual(0.01 * 2000 * SYSTEMS.length);
  });
});
