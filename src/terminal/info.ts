import type { Installation, RunInfo } from '../run/info.js';
import { pairs, table } from './table.js';
import { grouped } from './text.js';

/** What `logbert info` prints. */
export function infoLines({ run, ...installation }: Installation & { run?: RunInfo }): string[] {
  const { version, node, platform, cores, engine } = installation;
  return [
    ...pairs([
      ['logbert', version],
      ['Node', node],
      ['platform', `${platform}, ${cores} cores`],
      ['engine', engine],
    ]),
    ...(run ? ['', ...runLines(run)] : []),
  ];
}

function runLines({ dir, artefacts, next }: RunInfo): string[] {
  const reasons = artefacts.flatMap(({ reason }) => reason ?? []);
  return [
    dir,
    ...table(
      [{ title: 'file' }, { title: 'bytes', align: 'right' }, { title: 'state' }],
      artefacts.map(({ file, bytes, state }) => [file, bytes === undefined ? '' : grouped(bytes), state]),
    ),
    ...new Set(reasons),
    next ? `Next: ${next}` : 'Everything is up to date.',
  ];
}
