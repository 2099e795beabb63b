import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  loadCheckpoint,
  requireSameShapes,
  requireSameVocabulary,
  saveCheckpoint,
} from '../../src/model/checkpoint.js';
import { newTrainingState } from '../../src/model/trainer.js';
import { loadTrainingState, saveTrainingState } from '../../src/model/trainingState.js';
import { CONTEXT, tinyLogbert } from './tiny.js';

describe('checkpoint', () => {
  let dir: string;
  let path: string;
  const model = tinyLogbert();
  const state = newTrainingState(model, 1);
  const checkpoint = {
    model: { name: 'logbert', hidden: 16 },
    templates: [3, 1, 2],
    training: { best: 2 },
    parameters: state.adam.tensors,
    state: state.state,
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'logbert-'));
    path = join(dir, 'model.safetensors');
    await saveCheckpoint(path, checkpoint);
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('comes back as it was saved', async () => {
    const loaded = await loadCheckpoint(path, 'logbert train');
    expect(loaded.model).toEqual(checkpoint.model);
    expect(loaded.templates).toEqual(checkpoint.templates);
    for (const [name, { data, shape }] of Object.entries(checkpoint.parameters)) {
      expect(loaded.parameters[name].shape).toEqual(shape);
      expect(loaded.parameters[name].data).toEqual(Float32Array.from(data));
    }
    expect(Object.keys(loaded.state)).toEqual(['centre']);
  });

  it('has the layout of safetensors: a length, a JSON header aligned to eight bytes, the numbers', async () => {
    const file = await readFile(path);
    const length = Number(file.readBigUInt64LE());
    expect(length % 8).toBe(0);
    const header = JSON.parse(file.subarray(8, 8 + length).toString());
    const { dtype, shape, data_offsets } = header['embedding/key'];
    expect({ dtype, shape }).toEqual({ dtype: 'F32', shape: [CONTEXT.vocabularySize, 16] });
    const first = file.readFloatLE(8 + length + data_offsets[0]);
    expect(first).toBe(checkpoint.parameters['embedding/key'].data[0]);
    expect(file.length).toBe(
      8 +
        length +
        Math.max(
          ...Object.entries(header)
            .filter(([k]) => k !== '__metadata__')
            .map(([, v]) => (v as typeof header).data_offsets[1]),
        ),
    );
  });

  it.each([
    ['cut off', (file: Buffer) => file.subarray(0, file.length - 100), /the tensor .* is cut off/],
    ['empty', () => Buffer.alloc(0), /no safetensors header/],
    ['not one', () => Buffer.from('<html>not found</html>'), /no safetensors header/],
    [
      'garbled',
      (file: Buffer) => Buffer.concat([file.subarray(0, 8), Buffer.alloc(file.length - 8, 120)]),
      /header is not JSON/,
    ],
  ])('is refused when it is %s', async (_, damage, message) => {
    const damaged = join(dir, 'damaged.safetensors');
    await writeFile(damaged, damage(await readFile(path)));
    await expect(loadCheckpoint(damaged, 'logbert train')).rejects.toMatchObject({
      message: expect.stringMatching(message),
      next: 'logbert train',
    });
  });

  it('is refused with another vocabulary', async () => {
    const loaded = await loadCheckpoint(path, 'logbert train');
    expect(() => requireSameVocabulary(loaded, Int32Array.of(3, 1, 2), 'x')).not.toThrow();
    expect(() => requireSameVocabulary(loaded, Int32Array.of(3, 2, 1), 'x')).toThrow(/another vocabulary/);
  });

  it('is refused where its tensors are not those of the model', async () => {
    const loaded = await loadCheckpoint(path, 'logbert train');
    const tensors = { ...checkpoint.parameters, ...checkpoint.state };
    expect(() => requireSameShapes(loaded, tensors, 'x')).not.toThrow();
    const wide = { 'embedding/key': { data: new Float32Array(64), shape: [2, 32] } };
    expect(() => requireSameShapes(loaded, { ...tensors, ...wide }, 'x')).toThrow(
      "The checkpoint doesn't fit the model: embedding/key has the shape [11, 16] there; expected [2, 32].",
    );
    const third = { 'layer2/norm': { data: new Float32Array(16), shape: [16] } };
    expect(() => requireSameShapes(loaded, third, 'x')).toThrow(/layer2\/norm is not there; expected \[16\]/);
  });

  it('keeps all of a training state', async () => {
    const file = join(dir, 'state.safetensors');
    state.adam.first.fill(0.5);
    state.adam.second.fill(0.25);
    state.step = 12;
    await saveTrainingState(file, state, { seed: 1 });
    const loaded = await loadTrainingState(file, newTrainingState(model, 2), { seed: 1 }, 'x');
    expect(loaded.adam.parameters).toEqual(state.adam.parameters);
    expect(loaded.adam.first).toEqual(state.adam.first);
    expect(loaded.step).toBe(12);
    await expect(loadTrainingState(file, newTrainingState(model, 2), { seed: 2 }, 'x')).rejects.toThrow(
      /other settings/,
    );
  });
});
