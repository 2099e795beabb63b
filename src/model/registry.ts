import { z } from 'zod';
import { UsageError } from '../error.js';
import { deeplogSettings } from './deeplog/settings.js';
import { logbertSettings } from './logbert/settings.js';
import type { ModelContext, SequenceModel } from './model.js';

/** A model as the command line sees it; its code is loaded when it is used. */
export interface ModelEntry<S = unknown> {
  readonly summary: string;
  /** The model's own settings, the keys of `model:` beside `name`. */
  readonly settings: z.ZodType<S>;
  load(): Promise<(settings: S, context: ModelContext) => SequenceModel>;
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
  deeplog: entry({
    summary: 'DeepLog: each key from the window before it, by an LSTM (Du, Li, Zheng, Srikumar, CCS 2017)',
    settings: deeplogSettings,
    load: async () => (await import('./deeplog/deeplog.js')).deeplog,
  }),
};

/** Makes the model that the settings name. */
export async function createModel(
  { name, ...own }: { name: string; [key: string]: unknown },
  context: ModelContext,
): Promise<SequenceModel> {
  const found = models[name];
  if (!found) throw new UsageError(`Unknown model ${name}: expected ${Object.keys(models).join(', ')}.`);
  const parsed = found.settings.safeParse(own);
  if (!parsed.success) throw new UsageError(`model: ${z.prettifyError(parsed.error)}`);
  return (await found.load())(parsed.data, context);
}
