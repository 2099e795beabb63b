import type { HostTensors } from '../engine/engine.js';
import { UserError } from '../error.js';
import { readSafeTensors, writeSafeTensors } from './safetensors.js';
import type { TrainingState } from './trainer.js';

const FORMAT = 'logbert-training-state';
const VERSION = '1';

/** Writes all that training needs to go on. @param made the settings and the vocabulary that it goes on with */
export async function saveTrainingState(path: string, state: TrainingState, made: unknown): Promise<void> {
  const { adam, best, step, epochs } = state;
  const flat = (data: Float32Array) => ({ data, shape: [data.length] });
  const tensors: HostTensors = {
    'adam/parameters': flat(adam.parameters),
    'adam/first': flat(adam.first),
    'adam/second': flat(adam.second),
    'best/parameters': flat(best.parameters),
    ...prefixed('state/', state.state),
    ...prefixed('best/state/', best.state),
  };
  const metadata = {
    format: FORMAT,
    version: VERSION,
    made: JSON.stringify(made),
    progress: JSON.stringify({ step, epochs, best: { epoch: best.epoch, loss: best.loss } }),
  };
  await writeSafeTensors(path, { metadata, tensors });
}

/**
 * Fills a new state with a saved one.
 * @throws UserError when it can't be read, or was made with other settings or another vocabulary
 */
export async function loadTrainingState(
  path: string,
  fresh: TrainingState,
  made: unknown,
  next: string,
): Promise<TrainingState> {
  const { metadata, tensors } = await readSafeTensors(path).catch((error: Error) => {
    throw new UserError(`The training state ${path} can't be used: ${error.message}.`, { next, cause: error });
  });
  if (metadata.format !== FORMAT || metadata.version !== VERSION) {
    throw new UserError(`${path} is no training state of version ${VERSION}.`, { next });
  }
  if (metadata.made !== JSON.stringify(made)) {
    throw new UserError('The interrupted training had other settings or another vocabulary; it can not be resumed.', {
      next,
    });
  }
  const { step, epochs, best } = JSON.parse(metadata.progress);
  const pick = (name: string) => tensors[name].data as Float32Array;
  for (const part of ['parameters', 'first', 'second'] as const) fresh.adam[part].set(pick(`adam/${part}`));
  return {
    adam: fresh.adam,
    state: unprefixed('state/', tensors),
    best: { ...best, parameters: pick('best/parameters'), state: unprefixed('best/state/', tensors) },
    step,
    epochs,
  };
}

function prefixed(prefix: string, tensors: HostTensors): HostTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}

function unprefixed(prefix: string, tensors: HostTensors): HostTensors {
  const found = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
