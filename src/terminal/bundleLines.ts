import type { BundleReport } from '../scan/accept.js';
import { KINDS } from '../scan/finding.js';
import type { Accepted } from '../scan/scanBundle.js';
import { pairs, table } from './table.js';
import { cut, grouped, neutral } from './text.js';

/** What a bundle knows, for a person. */
export function bundleLines(
  { bundle, format, templates, sessions, threshold, fittings, accepted }: BundleReport,
  width: number,
): string[] {
  const facts = pairs([
    ['format', format],
    ['templates', grouped(templates)],
    ['sessions', sessions.why],
    ['threshold', `${threshold.bits.toFixed(1)} bits: ${threshold.rule}`],
  ]);
  const learnt = table(
    [
      { title: 'learnt at' },
      { title: 'lines', align: 'right' },
      { title: 'templates', align: 'right' },
      { title: 'files' },
    ],
    fittings.map(({ at, account, templates: known, files }) => [
      day(at),
      grouped(account.linesIn),
      grouped(known),
      files.join(', '),
    ]),
    width,
  );
  const normal = table(
    [{ title: 'accepted' }, { title: 'by' }, { title: 'finding' }, { title: 'note' }, { title: 'what' }],
    accepted.map((entry) => [day(entry.at), entry.by, entry.id, entry.note, acceptedText(entry)]),
    width,
  );
  return [
    neutral(bundle),
    ...facts.map((line) => cut(line, width)),
    '',
    ...learnt,
    '',
    ...(accepted.length > 0 ? normal : ['Nothing was accepted.']),
  ];
}

/** What was accepted: its kind, with the template or what was found. */
export function acceptedText({ kind, template, found }: Accepted): string {
  if (kind === undefined) return 'of which no scan beside this bundle told';
  return `${KINDS[kind] ?? kind}: ${template || found}`;
}

function day(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}
