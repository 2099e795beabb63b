import { readFile } from 'node:fs/promises';
import type { HostTensors } from '../engine/engine.js';
import { UserError } from '../error.js';
import { type SafeTensors, safeTensorsFrom, safeTensorsParts, writeSafeTensors } from './safetensors.js';

const FORMAT = 'logbert-checkpoint';
const VERSION = 1;

/** A trained model with all that is needed to use it. */
export interface Checkpoint {
  /** `model` of the settings: name and the model's own settings. */
  readonly model: { name: string; [key: string]: unknown };
  /** Template id of each vocabulary key after the special ones. */
  readonly templates: readonly number[];
  /** What it was trained on: seed, epochs, best epoch, validation loss. */
  readonly training: Record<string, unknown>;
  readonly parameters: HostTensors;
  readonly state: HostTensors;
}

export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await writeSafeTensors(path, tensorsOf(checkpoint));
}

/** The bytes that `saveCheckpoint` writes. */
export function checkpointBytes(checkpoint: Checkpoint): Buffer {
  return Buffer.concat([...safeTensorsParts(tensorsOf(checkpoint))]);
}

function tensorsOf({ model, templates, training, parameters, state }: Checkpoint): SafeTensors {
  const metadata = {
    format: FORMAT,
    version: String(VERSION),
    model: JSON.stringify(model),
    vocabulary: JSON.stringify(templates),
    training: JSON.stringify(training),
    state: JSON.stringify(Object.keys(state)),
  };
  return { metadata, tensors: { ...parameters, ...state } };
}

/** What names of the tensors of a model of values begin with (values/valueModel.ts). */
const VALUES = 'values/';

/** The tensors without those of a model of values. */
export function keyTensors({ parameters, state }: Checkpoint): Pick<Checkpoint, 'parameters' | 'state'> {
  const own = (tensors: HostTensors) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.startsWith(VALUES)));
  return { parameters: own(parameters), state: own(state) };
}

/**
 * @param next the command that makes a new one
 * @throws UserError when the file is cut, is something else, or is of another version
 */
export async function loadCheckpoint(path: string, next: string): Promise<Checkpoint> {
  return checkpointFrom(await readFile(path), path, next);
}

/**
 * A checkpoint from the bytes of its file.
 * @param place where the bytes were found, for messages
 * @param next the command that makes a new one
 * @throws UserError when they are cut, are something else, or are of another version
 */
export function checkpointFrom(file: Buffer, place: string, next: string): Checkpoint {
  try {
    const { metadata, tensors } = safeTensorsFrom(file);
    if (metadata.format !== FORMAT) throw new Error(`it is no ${FORMAT}`);
    if (metadata.version !== String(VERSION)) {
      throw new Error(`it has the format version ${metadata.version}; this program reads ${VERSION}`);
    }
    const stateNames = new Set(JSON.parse(metadata.state) as string[]);
    const part = (ofState: boolean) =>
      Object.fromEntries(Object.entries(tensors).filter(([name]) => stateNames.has(name) === ofState));
    return {
      model: JSON.parse(metadata.model),
      templates: JSON.parse(metadata.vocabulary),
      training: JSON.parse(metadata.training),
      parameters: part(false),
      state: part(true),
    };
  } catch (error) {
    throw new UserError(`The checkpoint ${place} can't be used: ${(error as Error).message}.`, { next, cause: error });
  }
}

/** @throws UserError when a tensor of the checkpoint is not as the model needs it */
export function requireSameShapes(
  checkpoint: Pick<Checkpoint, 'parameters' | 'state'>,
  needed: HostTensors,
  next: string,
): void {
  const found = { ...checkpoint.parameters, ...checkpoint.state };
  for (const [name, { shape }] of Object.entries(needed)) {
    const have = found[name]?.shape;
    if (have?.join() === shape.join()) continue;
    const what = have ? `has the shape [${have.join(', ')}] there` : 'is not there';
    throw new UserError(`The checkpoint doesn't fit the model: ${name} ${what}; expected [${shape.join(', ')}].`, {
      next,
    });
  }
}

/** @throws UserError when the checkpoint was trained with another vocabulary than the one at hand */
export function requireSameVocabulary(
  checkpoint: Pick<Checkpoint, 'templates'>,
  templates: ArrayLike<number>,
  next: string,
): void {
  const same =
    checkpoint.templates.length === templates.length && checkpoint.templates.every((id, i) => id === templates[i]);
  if (same) return;
  throw new UserError(
    `The checkpoint was trained with another vocabulary: ${checkpoint.templates.length} keys there, ${templates.length} here, not the same.`,
    { next },
  );
}
