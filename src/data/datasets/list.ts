import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../run/atomic.js';
import { sizeOf } from './files.js';
import { type Dataset, LICENCE, loadDatasets } from './registry.js';
import { Store } from './store.js';

/** A data set and what of it is here. */
export interface Listed extends Dataset {
  licence: string;
  /** `no`, `part` of the archive, the whole `archive`, or `yes`: unpacked. */
  downloaded: 'no' | 'part' | 'archive' | 'yes';
  /** Bytes of the archive that are here. */
  bytesHere: number;
  /** Its log files, where all of it is unpacked. */
  files: string[];
  /** Limits of lines for which a beginning is unpacked. */
  limits: number[];
}

/** All data sets, and what of each is below `root`. */
export async function listDatasets(root: string): Promise<Listed[]> {
  return Promise.all((await loadDatasets()).map((dataset) => describe(dataset, new Store(root, dataset))));
}

async function describe(dataset: Dataset, store: Store): Promise<Listed> {
  const card = await store.card();
  const bytesHere = await store.bytesHere();
  const whole = (await sizeOf(store.archive)) !== undefined;
  return {
    ...dataset,
    licence: LICENCE,
    downloaded: card ? 'yes' : whole ? 'archive' : bytesHere > 0 ? 'part' : 'no',
    bytesHere,
    files: (card?.files ?? []).map(({ path }) => join(store.folder(), path)),
    limits: await limitsOf(store),
  };
}

async function limitsOf(store: Store): Promise<number[]> {
  const names = await readdir(store.dir).catch((error) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  return names.flatMap((name) => /^first-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}
