import type { Graph } from '../engine/graph.js';
import { fixInputs } from '../engine/graph.js';
import { trace } from '../engine/trace.js';
import { UserError } from '../error.js';
import { keyTensors } from '../model/checkpoint.js';
import type { Served } from '../model/served.js';
import { signatureOf } from '../model/signature.js';
import { templateKeys } from '../model/templateKeys.js';
import { modelOf } from '../model/trained.js';
import type { TrainedRun } from './trainedRun.js';

/** A model's scoring as data, with what has to be known to call it. */
export interface ServedGraph {
  /** Inputs `keys` and `mask`, whose sizes B and T are free; what was learnt is constant in it; not yet optimised. */
  readonly graph: Graph;
  readonly served: Served;
  /** The key that the model reads for a template. */
  readonly keyOf: (template: number) => number;
}

/**
 * Records the scoring of a run's model; every export is a lowering of this one graph.
 * @throws UserError when the model has no scoring that can be recorded
 */
export async function servedGraph({ trained, model: { name }, pipeline, texts }: TrainedRun): Promise<ServedGraph> {
  const model = trained && (await modelOf(trained, NEXT));
  const served = model?.served?.(pipeline.threshold.score);
  if (!trained || !model || !served) {
    const what = model?.served ? `score ${pipeline.threshold.score} of the model ${name}` : `model ${name}`;
    throw new UserError(`The ${what} can be exported as a bundle only.`, { next: NEXT });
  }
  if (pipeline.scoring.precision !== 'fp32') {
    throw new UserError(
      'The scores and the threshold of this run are of weights in eight bits; what is exported is not.',
      {
        next: 'logbert predict --precision fp32 --run DIR',
      },
    );
  }
  const { parameters, state } = keyTensors(trained.checkpoint);
  const fixed = { ...parameters, ...state, ...served.constants };
  const signature = { ...signatureOf(fixed), ...served.inputs };
  const graph = fixInputs(trace(served.fn, signature, { sums: served.sums }), fixed);
  return { graph, served, keyOf: templateKeys(model, trained.vocabulary, texts) };
}

const NEXT = 'logbert export --format bundle --run DIR';
