import { Flags } from '@oclif/core';
import type { FlagValue } from '../config/settings.js';

interface SettingFlag {
  /** Dotted path of the setting. */
  path: string;
  summary: string;
  /** What stands for the value in the help; a flag without is a switch. */
  value?: string;
  /** The switch has a `--no-` form. */
  negatable?: boolean;
  multiple?: boolean;
  /** Heading in the help. */
  group?: string;
}

/** Heading of the flags that every command has. */
export const COMMON = 'GLOBAL';

/**
 * Every flag that gives a setting. Values stay text here, so that the settings report all faults together.
 */
const SETTING_FLAGS = {
  format: {
    path: 'input.format',
    value: 'name|layout',
    summary: "Line format; auto finds it. Or a layout: '<Date> <Time> <Level> <Component>: <Content>'.",
  },
  year: { path: 'input.year', value: 'yyyy', summary: 'Year of the first line where times have none.' },
  rotated: { path: 'input.rotated', summary: "Read each file's rotated set with it, oldest first." },
  labels: { path: 'input.labels', value: 'file', summary: 'CSV with the columns BlockId,Label.' },
  depth: { path: 'drain.depth', value: 'n', summary: 'Depth of the parse tree, root and leaf included.' },
  similarity: { path: 'drain.similarity', value: '0..1', summary: 'Least share of equal words in a template.' },
  'keep-lines': { path: 'parse.keepLines', negatable: true, summary: 'Keep a compressed copy of the raw lines.' },
  join: { path: 'parse.join', value: 'regex|none', summary: 'Lines that continue the record before.' },
  'match-only': { path: 'parse.matchOnly', summary: 'Match against a saved parser; learn nothing.' },
  'mask-pii': { path: 'parse.pii', summary: 'Mask personal data and secrets before anything is kept.' },
  workers: { path: 'parse.workers', value: 'n', summary: 'Threads beside the main one; default: cores - 1.' },
  parser: { path: 'parse.parser', value: 'file', summary: 'Saved parser state to start from.' },
  protocol: { path: 'split.protocol', value: 'strict|paper', summary: 'Border in time, or the way of the paper.' },
  'train-fraction': { path: 'split.trainFraction', value: '0..1', summary: 'Share of the sessions before the border.' },
  window: { path: 'sequences.window', value: 'session|count|time', summary: 'What makes a sequence.' },
  by: {
    path: 'sequences.by',
    value: 'fields',
    summary: 'What its lines share: session, node, component, level, file.',
  },
  'session-id': { path: 'sequences.sessionId', value: 'regex', summary: "Session id, in place of the format's." },
  length: { path: 'sequences.length', value: 'n|span', summary: 'Length of a window: lines, or time such as 5m.' },
  step: { path: 'sequences.step', value: 'n|span', summary: 'From one window to the next; default the length.' },
  'train-keys': { path: 'input.keys.train', value: 'file', multiple: true, summary: 'Key files to train on.' },
  'test-normal': { path: 'input.keys.testNormal', value: 'file', multiple: true, summary: 'Normal key files.' },
  'test-abnormal': { path: 'input.keys.testAbnormal', value: 'file', multiple: true, summary: 'Abnormal key files.' },
  'labelled-keys': {
    path: 'input.labelledKeys',
    value: 'file',
    multiple: true,
    summary: 'Files of one event a line, "label key".',
  },
  epochs: { path: 'train.epochs', value: 'n', summary: 'Most epochs to train.' },
  batch: { path: 'train.batch', value: 'n', summary: 'Sequences in a training batch.' },
  resume: { path: 'train.resume', summary: 'Go on from the training state in the run.' },
  engine: { path: 'engine.name', value: 'name', summary: 'What runs the model; see logbert engines.' },
  threads: { path: 'engine.threads', value: 'n', summary: 'Threads of a native engine.' },
  'on-engine-failure': {
    path: 'engine.onFailure',
    value: 'stop|cpu',
    summary: 'When a GPU engine fails: end, or go on on the CPU.',
  },
  rounds: { path: 'predict.rounds', value: 'n', summary: 'Rounds of masking.' },
  precision: { path: 'predict.precision', value: 'fp32|int8', summary: 'Of the weights in scoring.' },
  score: {
    path: 'predict.score',
    value: 'name',
    summary: "Score that decides; default: the model's first.",
  },
  threshold: { path: 'evaluate.threshold', value: 'rule', summary: 'auto, own, quantile, spot or false-alarms.' },
  quantile: { path: 'evaluate.quantile', value: '0..1', summary: 'Quantile of validation scores as threshold.' },
  delays: { path: 'evaluate.delays', value: 'n,n', summary: 'Rolling: windows until an operator answers.' },
  scores: { path: 'evaluate.scores', value: 'file', summary: "A CSV id,score of anyone's scores to evaluate." },
  'min-length': { path: 'evaluate.minLength', value: 'n', summary: 'Leave shorter sessions out of the result.' },
  run: { path: 'run', group: COMMON, value: 'folder', summary: 'Run folder; default output/<name>.' },
  seed: { path: 'seed', group: COMMON, value: 'n', summary: 'Seed of everything random.' },
  'log-level': { group: COMMON, path: 'log.level', value: 'quiet|info|debug', summary: 'How much to tell on the way.' },
} satisfies Record<string, SettingFlag>;

export type SettingFlagName = keyof typeof SETTING_FLAGS;

/** oclif's declaration of some of the flags above. */
export function settingFlags(...names: SettingFlagName[]) {
  return Object.fromEntries(
    names.map((name) => {
      const { summary, value, negatable, multiple, group: helpGroup }: SettingFlag = SETTING_FLAGS[name];
      if (value === undefined) return [name, Flags.boolean({ summary, allowNo: negatable, helpGroup })];
      const options = { summary, helpValue: `<${value}>`, helpGroup };
      return [name, multiple ? Flags.string({ ...options, multiple }) : Flags.string(options)];
    }),
  );
}

/** The settings among parsed flags; flags that weren't given are absent. */
export function settingsFrom(flags: Record<string, unknown>): FlagValue[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (!Object.hasOwn(SETTING_FLAGS, name) || value === undefined) return [];
    const { path } = SETTING_FLAGS[name as SettingFlagName];
    return [{ path, value: value as FlagValue['value'], origin: value === false ? `--no-${name}` : `--${name}` }];
  });
}

/** The path of every setting that has a flag. */
export function flaggedPaths(): string[] {
  return Object.values(SETTING_FLAGS).map(({ path }) => path);
}
