import { Vocabulary } from '../data/vocabulary.js';
import type { Graph, Value } from '../engine/graph.js';
import { packageVersion } from '../run/info.js';
import type { ExpectedScore } from './expectedScores.js';
import { servedGraph } from './servedGraph.js';
import type { TrainedRun } from './trainedRun.js';

/** A run's scoring, ready to be written in any format. */
export interface Exported {
  /** Name of the run. */
  readonly name: string;
  readonly graph: Graph;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** For the places that formats have for it: what made it, model, score, threshold. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What stands beside the model in every format. */
  readonly beside: Readonly<Record<string, string | Uint8Array>>;
}

/** An input or output; a free size is named. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: Value['dtype'];
  readonly shape: readonly (number | string)[];
}

/** @param expected sequences of the run with their scores, so that whoever serves the model can check that it is right */
export async function exportedModel(run: TrainedRun, expected: readonly ExpectedScore[]): Promise<Exported> {
  const { graph, served, keyOf } = await servedGraph(run);
  const { threshold, windowing } = run.pipeline;
  const version = await packageVersion();
  const inputs = graph.inputs.map(tensorInfo);
  const outputs = graph.outputs.map(tensorInfo);
  const serving = {
    format: 'logbert-serving',
    version: 1,
    logbert: version,
    run: run.name,
    model: run.model.name,
    inputs,
    outputs,
    sizes: sizesOf(graph),
    /** Events of the longest sequence; a longer one is refused. */
    maxEvents: served.maxEvents ?? null,
    end: served.end,
    /** An event whose template has no key, and what stands behind the last event. */
    keys: { unknown: Vocabulary.UNK, padding: Vocabulary.PAD },
    /** Templates without a key of their own that the model takes for another one; the others are unknown. */
    matched: [...run.texts.keys()]
      .filter((template) => !run.trained?.vocabulary.has(template))
      .map((template) => ({ template, key: keyOf(template) }))
      .filter(({ key }) => key !== Vocabulary.UNK),
    threshold,
    windowing,
  };
  return {
    name: run.name,
    graph,
    inputs,
    outputs,
    metadata: {
      'logbert.version': version,
      'logbert.model': run.model.name,
      'logbert.score': threshold.score,
      'logbert.threshold': String(threshold.value),
    },
    beside: {
      'serving.json': json(serving),
      'expected.json': json({
        format: 'logbert-expected',
        version: 1,
        score: threshold.score,
        sequences: expected
          .filter(({ templates: { length } }) => length <= (served.maxEvents ?? length))
          .map(({ templates, score }) => ({ templates, keys: templates.map(keyOf), score })),
      }),
      ...Object.fromEntries(Object.entries(run.parts).filter(([name]) => BESIDE.includes(name))),
    },
  };
}

const BESIDE = ['vocabulary.json', 'README.md'];

function tensorInfo({ name, value: { shape, dtype } }: { name: string; value: Value }): TensorInfo {
  return { name, dtype, shape: shape.map((dim) => (typeof dim === 'number' ? dim : dim.symbols.join('*'))) };
}

/** What the names of the free sizes stand for. */
function sizesOf({ sums = {} }: Graph): Record<string, string> {
  const own = { B: 'sequences', T: 'events of the longest one' };
  return {
    ...own,
    ...Object.fromEntries(Object.entries(sums).map(([name, { of, plus }]) => [name, `${of} + ${plus}`])),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
