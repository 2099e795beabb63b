import type { Windowing } from '../data/windowing.js';
import { integer, type Result, resultRows } from '../score/result.js';
import type { Pipeline } from './bundle.js';

/** What a model card tells of. */
export interface CardFacts {
  readonly result: Result;
  readonly model: { readonly name: string; readonly [setting: string]: unknown };
  /** As in the checkpoint: seed, epochs, best epoch. */
  readonly training: Readonly<Record<string, unknown>>;
  readonly pipeline: Pipeline;
  /** Names of the logs; none where sessions came from key files. */
  readonly logs: readonly string[];
}

/** A model card (Mitchell et al., 2019) in Markdown: what was trained on what, by which protocol, figures, limits. */
export function modelCard(facts: CardFacts): string {
  const { result, model } = facts;
  const sections = [
    [
      `# ${result.run}: ${model.name}`,
      'Scores sessions of a log; a session whose score is above the threshold is an alert.',
    ],
    ['## Trained on', ...trainedOn(facts)],
    ['## Scores', ...scores(facts)],
    ['## Figures', ...figures(result)],
    ['## Limits', list([...result.notes, ...LIMITS])],
    ['## Settings of the model', ['```json', JSON.stringify(model, null, 2), '```'].join('\n')],
  ];
  return `${sections.map((section) => section.join('\n\n')).join('\n\n')}\n`;
}

function trainedOn({ result, training, pipeline, logs }: CardFacts): string[] {
  const { data, protocol, seed } = result;
  const source =
    logs.length > 0
      ? `${logs.map(code).join(', ')}, line format ${code(pipeline.format?.name ?? '')}`
      : 'files of event keys';
  return [
    list([
      `Data: ${source}.`,
      `Sessions: ${integer(data.train)} to learn from, ${integer(data.validation)} to stop early and choose the threshold on; ` +
        `${integer(data.excluded)} abnormal ones of the training side were left out.`,
      `Protocol: ${PROTOCOLS[protocol]}`,
      `Seed ${seed}; epochs ${training.epochs ?? '-'}, the best one ${training.best ?? '-'}.`,
    ]),
  ];
}

const PROTOCOLS: Record<Result['protocol'], string> = {
  strict:
    'strict. Parser, vocabulary and model have seen nothing behind a border in time; the test sessions begin behind it.',
  paper: 'paper. Normal sessions were shuffled before the split, and the parser has seen the lines of the test part.',
};

function scores({ pipeline: { threshold, windowing, scoring } }: CardFacts): string[] {
  return [
    list([
      `The score that decides is ${code(threshold.score)}; the threshold is ${threshold.value} (${threshold.rule}).`,
      windowing.window === 'session'
        ? 'A sequence is all events of one session id, in line order. A line that names no session is not scored.'
        : `A sequence is a window of ${spanOf(windowing, windowing.length)}, the next one begins ${spanOf(windowing, windowing.step)} later.`,
      'A sequence of one event is scored like any other: by what the model expects where nothing else is known.',
      `Masks of scoring: a function of seed ${scoring.seed}, the length, and the round; ${scoring.rounds} rounds.`,
    ]),
  ];
}

function spanOf({ window }: Windowing, size: number): string {
  return window === 'time' ? `${size / 1000} seconds` : `${size} lines`;
}

function figures(result: Result): string[] {
  const columns = ['count', 'detector', 'P', 'R', 'F1', 'AUROC', 'AUPRC', 'threshold'];
  const rows = resultRows(result).map((row) => {
    const { count, name, precision, recall, f1, auroc, auprc, rule } = row;
    return [count, name, precision, recall, f1, auroc, auprc, rule];
  });
  const { test, anomalies } = result.data;
  return [
    `In per cent, on ${integer(test)} test sessions, ${integer(anomalies)} of them anomalies. The rows below the first are trivial baselines on the same sessions.`,
    [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
  ];
}

const LIMITS = [
  'The figures hold for these data. On the log of another system, or of another version of this one, they have to be measured again.',
  'A template that the training part never held is one unknown key to the model, whatever it says.',
  'The parser only matches: it learns no new template.',
];

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** Inline code; a name can hold neither a backtick nor a line end that would end it. */
function code(text: string): string {
  return `\`${text.replace(/[`\p{Cc}]/gu, '?')}\``;
}
