import type { Graph } from '../engine/graph.js';
import { fixInputs } from '../engine/graph.js';
import { optimize } from '../engine/passes/index.js';
import { trace } from '../engine/trace.js';
import { UserError } from '../error.js';
import type { Served } from '../model/served.js';
import { signatureOf } from '../model/signature.js';
import { modelOf } from '../model/trained.js';
import type { TrainedRun } from './trainedRun.js';

/** A model's scoring as data, with what has to be known to call it. */
export interface ServedGraph {
  /** Inputs `keys` and `mask`, whose sizes B and T are free; what was learnt is constant in it. */
  readonly graph: Graph;
  readonly served: Served;
}

/**
 * Records the scoring of a run's model; every export is a lowering of this one graph.
 * @throws UserError when the model has no scoring that can be recorded
 */
export async function servedGraph({ trained, pipeline }: TrainedRun, next: string): Promise<ServedGraph> {
  const { parameters, state, model: config } = trained.checkpoint;
  const model = await modelOf(trained, next);
  const served = model.served?.(pipeline.threshold.score);
  if (!served) {
    throw new UserError(`The model ${config.name} can be exported as a bundle only.`, {
      next: 'logbert export --format bundle',
    });
  }
  const fixed = { ...parameters, ...state, ...served.constants };
  const signature = { ...signatureOf(fixed), ...served.inputs };
  return { graph: optimize(fixInputs(trace(served.fn, signature, { sums: served.sums }), fixed)), served };
}
