import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';
import { UsageError } from '../../error.js';

/** One of the log collections that `logbert download` knows. */
export interface Dataset {
  /** As its makers write it, such as `HDFS`. */
  name: string;
  /** File name of the archive. */
  archive: string;
  /** Of the archive. */
  bytes: number;
  sha256: string;
  /** What the archive unpacks to, about. */
  unpackedBytes: number;
  lines: number;
  labelled: boolean;
  /** What is in the archive, in words. */
  logFiles: string;
}

/** Facts of Loghub's archives (Zenodo record 8196385), a file of the package. */
const FACTS = fileURLToPath(new URL('../../../datasets/loghub.csv', import.meta.url));

/** Where the archives are, for `URL/ARCHIVE`. */
export const ZENODO = 'https://zenodo.org/records/8196385/files';
export const LICENCE = 'free for research or academic work; cite Zhu et al., ISSRE 2023';

export async function loadDatasets(): Promise<Dataset[]> {
  const { data } = Papa.parse<Record<string, string>>(await readFile(FACTS, 'utf8'), {
    header: true,
    skipEmptyLines: true,
  });
  return data.map((row) => ({
    name: row.dataset,
    archive: row.archive,
    bytes: Number(row.bytes),
    sha256: row.sha256,
    unpackedBytes: Number(row.unpacked_bytes),
    lines: Number(row.lines),
    labelled: row.labelled === 'yes',
    logFiles: row.log_files,
  }));
}

/** @throws UsageError when there is no such data set; upper and lower case are the same */
export async function datasetNamed(name: string): Promise<Dataset> {
  const all = await loadDatasets();
  const found = all.find((dataset) => dataset.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const known = all.map((dataset) => dataset.name.toLowerCase()).join(', ');
  throw new UsageError(`There is no data set '${name}'. Known: ${known}.`, { next: 'logbert datasets' });
}
