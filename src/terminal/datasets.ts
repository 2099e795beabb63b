import { join } from 'node:path';
import { byteSize } from '../byteSize.js';
import type { Downloaded } from '../data/datasets/download.js';
import type { Listed } from '../data/datasets/list.js';
import { LICENCE } from '../data/datasets/registry.js';
import { table } from './table.js';
import { grouped, neutral } from './text.js';

/** `logbert datasets` for a person. */
export function datasetLines(datasets: Listed[], root: string): string[] {
  return [
    ...table(
      [
        { title: 'name' },
        { title: 'archive', align: 'right' },
        { title: 'unpacked', align: 'right' },
        { title: 'lines', align: 'right' },
        { title: 'labelled' },
        { title: 'downloaded' },
      ],
      datasets.map((dataset) => [
        dataset.name.toLowerCase(),
        byteSize(dataset.bytes),
        byteSize(dataset.unpackedBytes),
        grouped(dataset.lines),
        dataset.labelled ? 'yes' : 'no',
        downloaded(dataset),
      ]),
    ),
    neutral(`Folder: ${root}`),
    `Loghub, ${LICENCE}.`,
  ];
}

function downloaded({ downloaded: state, bytesHere, bytes, limits }: Listed): string {
  if (state === 'yes') return 'yes';
  if (limits.length > 0) return `first ${limits.map(grouped).join(', ')} lines`;
  if (state === 'part') return `${Math.floor((100 * bytesHere) / bytes)}% of archive`;
  return state === 'archive' ? 'archive only' : 'no';
}

/** What was downloaded, with the path of each log where they are few. */
export function downloadedLines({ dataset, folder, files, already }: Downloaded): string[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const head = `${dataset}: ${grouped(files.length)} ${files.length === 1 ? 'file' : 'files'}, ${byteSize(bytes)}, in ${folder}${already ? ' (was there)' : ''}`;
  const shown = files.length <= 8 ? files.map(({ path }) => `  ${join(folder, path)}`) : [];
  return [head, ...shown].map(neutral);
}
