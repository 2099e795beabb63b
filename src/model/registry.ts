import { z } from 'zod';
import { UsageError } from '../error.js';
import type { Detector, DetectorContext } from './detector.js';
import { countVectorSettings } from './detectors/settings.js';
import { logbertSettings } from './logbert/settings.js';
import type { ModelContext, SequenceModel } from './model.js';

/** A model as the command line sees it; its code is loaded when it is used. */
export interface ModelEntry<S = unknown> {
  readonly summary: string;
  /** The model's own settings, the keys of `model:` beside `name`. */
  readonly settings: z.ZodType<S>;
  /** Makes a model that is trained on batches of tensors. */
  load?(): Promise<(settings: S, context: ModelContext) => SequenceModel>;
  /** Makes a detector, which is fitted in one go; an entry has one of the two. */
  loadDetector?(): Promise<(settings: S, context: DetectorContext) => Detector>;
}

function entry<S>(model: ModelEntry<S>): ModelEntry {
  return model as ModelEntry;
}

/** Every trainable model, by the name that `logbert train <model>` takes. */
export const models: Readonly<Record<string, ModelEntry>> = {
  logbert: entry({
    summary: 'LogBERT: masked log key prediction and hypersphere (Guo, Yuan, Wu, IJCNN 2021)',
    settings: logbertSettings,
    load: async () => (await import('./logbert/logbert.js')).logbert,
  }),
  'count-vector': entry({
    summary: 'Distance to the nearest count vector of a training session, each key scaled by its variance',
    settings: countVectorSettings,
    loadDetector: async () => (await import('./detectors/countVector.js')).countVector,
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
