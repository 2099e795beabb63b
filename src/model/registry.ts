import { z } from 'zod';
import type { SettingsInput } from '../config/schema.js';
import { UsageError } from '../error.js';
import { deeplogSettings } from './deeplog/settings.js';
import type { Detector, DetectorContext } from './detector.js';
import type { CountMethod, CountOptions } from './detectors/features.js';
import {
  countVectorSettings,
  invariantsSettings,
  isolationForestSettings,
  logClusterSettings,
  nearestNeighbourSettings,
  oneClassSvmSettings,
  pcaSettings,
} from './detectors/settings.js';
import { loganomalySettings } from './loganomaly/settings.js';
import { logbertSettings } from './logbert/settings.js';
import type { ModelContext, SequenceModel } from './model.js';
import { nextKeySettings } from './nextKey/settings.js';

/** A model as the command line sees it; its code is loaded when it is used. */
export interface ModelEntry<S = unknown> {
  readonly summary: string;
  /** The model's own settings, the keys of `model:` beside `name`. */
  readonly settings: z.ZodType<S>;
  /** How the model is trained where nobody says otherwise, in place of the defaults of the schema. */
  readonly training?: SettingsInput['train'];
  /** Makes a model that is trained on batches of tensors. */
  load?(): Promise<(settings: S, context: ModelContext) => SequenceModel>;
  /** Makes a detector, which is fitted in one go; an entry has one of the two. */
  loadDetector?(): Promise<(settings: S, context: DetectorContext) => Detector>;
}

function entry<S>(model: ModelEntry<S>): ModelEntry {
  return model as ModelEntry;
}

/** The entry of a method on rows of counts. */
function counted<S extends CountOptions, State>(
  summary: string,
  settings: z.ZodType<S>,
  load: () => Promise<(settings: S, context: DetectorContext) => CountMethod<State>>,
): ModelEntry {
  return entry({
    summary,
    settings,
    loadDetector: async () => {
      const [method, { onCounts }] = await Promise.all([load(), import('./detectors/features.js')]);
      return (own, context) => onCounts(method(own, context), own);
    },
  });
}

/** Every trainable model, by the name that `logbert train <model>` takes. */
export const models: Readonly<Record<string, ModelEntry>> = {
  logbert: entry({
    summary: 'LogBERT: masked log key prediction and hypersphere (Guo, Yuan, Wu, IJCNN 2021)',
    settings: logbertSettings,
    load: async () => (await import('./logbert/logbert.js')).logbert,
  }),
  deeplog: entry({
    summary: 'DeepLog: each key from the window before it, by an LSTM (Du, Li, Zheng, Srikumar, CCS 2017)',
    settings: deeplogSettings,
    training: { batch: 512, learningRate: 0.004, warmup: 200 },
    load: async () => (await import('./deeplog/deeplog.js')).deeplog,
  }),
  loganomaly: entry({
    summary:
      'LogAnomaly: each event from the meanings and the counts in the window before it (Meng et al., IJCAI 2019)',
    settings: loganomalySettings,
    training: { batch: 512, learningRate: 0.004, warmup: 200 },
    load: async () => (await import('./loganomaly/loganomaly.js')).loganomaly,
  }),
  'next-key': entry({
    summary:
      'Next-key transformer: each key from all before it; LogGPT without its reinforcement step (Han et al., 2023)',
    settings: nextKeySettings,
    load: async () => (await import('./nextKey/nextKey.js')).nextKey,
  }),
  'count-vector': entry({
    summary: 'Distance to the nearest count vector of a training session, each key scaled by its variance',
    settings: countVectorSettings,
    loadDetector: async () => (await import('./detectors/countVector.js')).countVector,
  }),
  'nearest-neighbour': entry({
    summary: 'Distance to the nearest count vector of a training session, all keys alike',
    settings: nearestNeighbourSettings,
    loadDetector: async () => (await import('./detectors/countVector.js')).nearestNeighbour,
  }),
  pca: counted('PCA: what the principal components leave (Xu et al., SOSP 2009)', pcaSettings, async () => {
    return (await import('./detectors/pca.js')).pca;
  }),
  'isolation-forest': counted('Isolation forest (Liu, Ting, Zhou, ICDM 2008)', isolationForestSettings, async () => {
    return (await import('./detectors/isolationForest.js')).isolationForest;
  }),
  'one-class-svm': counted('One-class SVM (Schoelkopf et al., 2001)', oneClassSvmSettings, async () => {
    return (await import('./detectors/oneClassSvm.js')).oneClassSvm;
  }),
  'log-cluster': counted(
    'LogCluster: distance to the nearest cluster (Lin et al., ICSE 2016)',
    logClusterSettings,
    async () => {
      return (await import('./detectors/logCluster.js')).logCluster;
    },
  ),
  invariants: counted('Invariants mining (Lou et al., USENIX ATC 2010)', invariantsSettings, async () => {
    return (await import('./detectors/invariants.js')).invariants;
  }),
};

/** The settings' `model`: a name and the model's own settings. */
export interface NamedModel {
  name: string;
  [key: string]: unknown;
}

/** Whether the name is one of a detector, which is fitted in one go. */
export function isDetector(name: string): boolean {
  return models[name]?.loadDetector !== undefined;
}

/** Makes the model that the settings name. */
export async function createModel(named: NamedModel, context: ModelContext): Promise<SequenceModel> {
  const { found, settings } = entryOf(named);
  const make = await found.load?.();
  if (!make) throw new UsageError(`${named.name} is no model that is trained in epochs.`);
  return make(settings, context);
}

/** Makes the detector that the settings name. */
export async function createDetector(named: NamedModel, context: DetectorContext): Promise<Detector> {
  const { found, settings } = entryOf(named);
  const make = await found.loadDetector?.();
  if (!make) throw new UsageError(`${named.name} is no detector.`);
  return make(settings, context);
}

function entryOf({ name, ...own }: NamedModel): { found: ModelEntry; settings: unknown } {
  const found = Object.hasOwn(models, name) ? models[name] : undefined;
  if (!found) throw new UsageError(`Unknown model ${name}: expected ${Object.keys(models).join(', ')}.`);
  const parsed = found.settings.safeParse(own);
  if (!parsed.success) throw new UsageError(`model: ${z.prettifyError(parsed.error)}`);
  return { found, settings: parsed.data };
}
