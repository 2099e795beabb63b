/** The stages of a run, in the order in which `logbert run` goes through them. */
export const STAGES = ['parse', 'sessions', 'vocab', 'train', 'predict', 'evaluate'] as const;
export type Stage = (typeof STAGES)[number];

interface Artefact {
  readonly file: string;
  /** The command that makes it. */
  readonly stage: Stage;
  /** Format version; an artefact recorded with another one is refused. */
  readonly version: number;
}

/** Everything that a run folder can hold, in the order in which it is made. */
export const ARTEFACTS = {
  parser: { file: 'parser.json', stage: 'parse', version: 1 },
  templates: { file: 'templates.csv', stage: 'parse', version: 1 },
  events: { file: 'events.parquet', stage: 'parse', version: 3 },
  lines: { file: 'lines.zlines', stage: 'parse', version: 2 },
  rejected: { file: 'rejected.log', stage: 'parse', version: 1 },
  ledger: { file: 'ledger.json', stage: 'parse', version: 2 },
  sessions: { file: 'sessions.parquet', stage: 'sessions', version: 1 },
  sequences: { file: 'sequences.parquet', stage: 'sessions', version: 1 },
  vocabulary: { file: 'vocabulary.json', stage: 'vocab', version: 1 },
  checkpoint: { file: 'model.safetensors', stage: 'train', version: 1 },
  detector: { file: 'detector.json', stage: 'train', version: 1 },
  training: { file: 'training.json', stage: 'train', version: 1 },
  state: { file: 'training-state.safetensors', stage: 'train', version: 1 },
  calibration: { file: 'calibration.json', stage: 'predict', version: 1 },
  scores: { file: 'scores.csv', stage: 'predict', version: 1 },
  eventScores: { file: 'event_scores.parquet', stage: 'predict', version: 1 },
  result: { file: 'result.json', stage: 'evaluate', version: 2 },
  report: { file: 'report.html', stage: 'evaluate', version: 1 },
} as const satisfies Record<string, Artefact>;

export type ArtefactName = keyof typeof ARTEFACTS;

/** Artefacts without which a stage hasn't been run to its end; of alternatives, one is there. */
export const STAGE_RESULTS: Readonly<Record<Stage, readonly (readonly ArtefactName[])[]>> = {
  parse: [['events'], ['ledger']],
  sessions: [['sessions'], ['sequences']],
  vocab: [['vocabulary']],
  train: [['checkpoint', 'detector'], ['training']],
  predict: [['scores'], ['eventScores']],
  evaluate: [['result'], ['report']],
};

/**
 * The command line that makes `name` in the run folder `dir`.
 * @param options.resume an interrupted training can go on
 */
export function commandFor(name: ArtefactName, dir: string, options: { resume?: boolean } = {}): string {
  return `logbert ${ARTEFACTS[name].stage}${options.resume ? ' --resume' : ''} --run ${quoted(dir)}`;
}

/** A path as one word of a command line. */
export function quoted(path: string): string {
  return /^[\w./\\:@%+=,-]+$/.test(path) ? path : `"${path}"`;
}
