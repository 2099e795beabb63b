import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { exportRun } from '../../src/export/export.js';
import { halfPrecision } from '../../src/export/halfPrecision.js';
import { scoreFiles } from '../../src/export/scoreFiles.js';
import { silent } from '../../src/progress.js';
import { RunFolder } from '../../src/run/folder.js';
import { type Made, madeRun } from './run.js';

const made = madeRun({ predict: { rounds: 4, score: 'nll' } });

interface Expected {
  sequences: { keys: number[]; score: number }[];
}

function read<T>(dir: string, name: string): T {
  return JSON.parse(readFileSync(join(dir, name), 'utf8'));
}

async function exported(format: 'onnx' | 'tfjs' | 'savedmodel' | 'triton') {
  return (await exportRun(made.run, { format, force: true })).path;
}

/** The expected sequences as one batch. */
function batchOf({ sequences }: Expected) {
  const T = Math.max(...sequences.map(({ keys }) => keys.length));
  const padded = sequences.map(({ keys }) => [...keys, ...Array(T - keys.length).fill(0)]);
  const mask = sequences.map(({ keys }) => padded[0].map((_, i) => (i < keys.length ? 1 : 0)));
  return { shape: [sequences.length, T] as [number, number], keys: padded.flat(), mask: mask.flat() };
}

async function onnxScores(dir: string, file: string): Promise<Float32Array> {
  const { shape, keys, mask } = batchOf(read<Expected>(dir, 'expected.json'));
  const session = await InferenceSession.create(readFileSync(join(dir, file)), { logSeverityLevel: 3 });
  const feeds = { keys: Int32Array.from(keys), mask: Int32Array.from(mask) };
  const { score } = await session.run({
    keys: new Tensor('int32', feeds.keys, shape),
    mask: new Tensor('int32', feeds.mask, shape),
  });
  await session.release();
  return score.data as Float32Array;
}

function worst(dir: string, scores: ArrayLike<number>): number {
  const { sequences } = read<Expected>(dir, 'expected.json');
  expect(sequences.length).toBeGreaterThan(5);
  return Math.max(...sequences.map(({ score }, i) => Math.abs(score - scores[i])));
}

/** The sessions of the test part have the scores of scores.csv. */
async function expectScoresOfRun({ run }: Made, sessions: readonly { id: string; score: number }[]): Promise<void> {
  const rows = readFileSync(await run.require('scores'), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  const found = new Map(sessions.map(({ id, score }) => [id, score]));
  const test = rows.map((row) => row.split(',')).filter(([, , split]) => split === 'test');
  expect(test.length).toBeGreaterThan(50);
  for (const [id, , , , , score] of test) expect(found.get(id)).toBeCloseTo(Number(score), 4);
}

describe('an export', () => {
  it('scores in ONNX as the toolkit does, and nearly so with rounded weights', async () => {
    const dir = await exported('onnx');
    expect(worst(dir, await onnxScores(dir, 'model.onnx'))).toBeLessThan(1e-4);
    const half = worst(dir, await onnxScores(dir, 'model.fp16.onnx'));
    const quantized = worst(dir, await onnxScores(dir, 'model.int8.onnx'));
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(0.02);
    expect(quantized).toBeLessThan(0.2);
    const size = (name: string) => readFileSync(join(dir, name)).length;
    expect(size('model.fp16.onnx')).toBeLessThan(size('model.onnx'));
  });

  it('says in ONNX what it is, and uses nothing but standard operators', async () => {
    const dir = await exported('onnx');
    const file = readFileSync(join(dir, 'model.onnx')).toString('latin1');
    const { threshold } = read<{ threshold: { value: number } }>(dir, 'serving.json');
    for (const text of ['logbert.model', 'logbert.score', String(threshold.value)]) expect(file).toContain(text);
    for (const name of ['model.onnx', 'model.fp16.onnx', 'model.int8.onnx']) {
      expect(readFileSync(join(dir, name)).includes('com.microsoft'), name).toBe(false);
    }
  });

  it('scores as a GraphModel of TensorFlow.js, whose shards are whole', async () => {
    const dir = await exported('tfjs');
    const { weightsManifest, ...artifacts } = read<{ weightsManifest: [{ paths: string[]; weights: [] }] }>(
      dir,
      'model.json',
    );
    const [{ paths, weights }] = weightsManifest;
    const bytes = Buffer.concat(paths.map((path) => readFileSync(join(dir, path))));
    const weightData = new Uint8Array(bytes).buffer;
    void tf.setBackend('cpu');
    const model = await tf.loadGraphModel({ load: async () => ({ ...artifacts, weightSpecs: weights, weightData }) });
    const { shape, keys, mask } = batchOf(read<Expected>(dir, 'expected.json'));
    const before = tf.memory().numTensors;
    const inputs = { keys: tf.tensor2d(keys, shape, 'int32'), mask: tf.tensor2d(mask, shape, 'int32') };
    const score = model.execute(inputs, 'score') as tf.Tensor;
    expect(worst(dir, score.dataSync())).toBeLessThan(1e-4);
    tf.dispose([score, inputs.keys, inputs.mask]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names every input and output in what stands beside it', async () => {
    const dir = await exported('triton');
    expect(readdirSync(dir).sort()).toEqual([
      'README.md',
      'expected.json',
      'made',
      'metadata.json',
      'serving.json',
      'vocabulary.json',
    ]);
    const config = readFileSync(join(dir, 'made/config.pbtxt'), 'utf8');
    expect(config).toContain('input { name: "keys" data_type: TYPE_INT32 dims: [ -1 ] }');
    expect(config).toContain('output { name: "score" data_type: TYPE_FP32 dims: [ 1 ] reshape { shape: [ ] } }');
    expect(read(dir, 'metadata.json')).toMatchObject({
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'keys', datatype: 'INT32', shape: [-1, -1] }, { name: 'mask' }],
    });
    expect(read(dir, 'serving.json')).toMatchObject({
      sizes: { T: 'events of the longest one', S: 'T + 3', U: 'T + 1' },
      outputs: expect.arrayContaining([{ name: 'negative_log_likelihood', dtype: 'float32', shape: ['B', 'U'] }]),
      maxEvents: 507,
      threshold: { score: 'nll' },
    });
  });

  it('holds a SavedModel with the signature serving_default', async () => {
    const file = readFileSync(join(await exported('savedmodel'), 'saved_model.pb'));
    for (const text of ['serving_default', 'tensorflow/serving/predict', 'serve'])
      expect(file.includes(text)).toBe(true);
  });

  it('is refused where something stands, and replaces a folder as a whole when told to', async () => {
    const dir = join(made.dir, 'target');
    mkdirSync(dir);
    writeFileSync(join(dir, 'old'), '');
    await expect(exportRun(made.run, { format: 'tfjs', to: dir })).rejects.toThrow(`${dir} exists already`);
    expect(readdirSync(dir)).toEqual(['old']);
    await exportRun(made.run, { format: 'tfjs', to: dir, force: true });
    expect(existsSync(join(dir, 'old'))).toBe(false);
    expect(readdirSync(dir)).toContain('model.json');
    expect(readdirSync(made.dir).filter((name) => name.startsWith('.tmp'))).toEqual([]);
  });

  it('says what a run lacks', async () => {
    const empty = await RunFolder.open(join(made.dir, 'none'), { create: true });
    await expect(exportRun(empty, { format: 'onnx' })).rejects.toMatchObject({
      next: expect.stringContaining('logbert train'),
    });
    await empty.close();
  });
});

describe('a detector', () => {
  const detector = madeRun({ model: { name: 'count-vector' } });

  it('has no graph, which the message says', async () => {
    await expect(exportRun(detector.run, { format: 'onnx' })).rejects.toThrow(
      'The model count-vector can be exported as a bundle only.',
    );
  });

  it('scores raw lines from a bundle', async () => {
    const { path } = await exportRun(detector.run, { format: 'bundle' });
    const { model, sessions, threshold } = await scoreFiles(
      path,
      [detector.log],
      { name: 'auto', onFailure: 'stop' },
      silent,
    );
    expect(model).toBe('count-vector');
    const { threshold: own } = JSON.parse(readFileSync(await detector.run.require('result'), 'utf8'));
    expect(threshold.value).toBe(own.value);
    await expectScoresOfRun(detector, sessions);
  });
});

describe('LogAnomaly', () => {
  const model = { name: 'loganomaly', window: 5, semantics: 16, hidden: 8, layers: 1, end: true };
  const other = madeRun({ model, predict: { score: 'nll' } });

  it('scores in ONNX and from a bundle as in its run', async () => {
    const { path } = await exportRun(other.run, { format: 'onnx' });
    expect(worst(path, await onnxScores(path, 'model.onnx'))).toBeLessThan(1e-4);
    const bundle = await exportRun(other.run, { format: 'bundle' });
    const { sessions } = await scoreFiles(
      bundle.path,
      [other.log],
      { name: 'onnx', threads: 1, onFailure: 'stop' },
      silent,
    );
    await expectScoresOfRun(other, sessions);
  });
});

describe('half precision', () => {
  it('rounds as IEEE 754 says', () => {
    const values = [
      0,
      -0,
      1,
      -2,
      0.1,
      65504,
      65520,
      1e-8,
      6e-8,
      5.96e-8,
      6.1e-5,
      Infinity,
      -Infinity,
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
    ];
    const expected = [
      0, 0x8000, 0x3c00, 0xc000, 0x2e66, 0x7bff, 0x7c00, 0, 1, 1, 0x03ff, 0x7c00, 0xfc00, 0x3c00, 0x3c02,
    ];
    expect([...halfPrecision(Float32Array.from(values))]).toEqual(expected);
    expect(halfPrecision(Float32Array.of(Number.NaN))[0] & 0x7c00).toBe(0x7c00);
  });
});
