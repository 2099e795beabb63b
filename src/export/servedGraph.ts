import type { Graph } from '../engine/graph.js';
import { fixInputs } from '../engine/graph.js';
import { trace } from '../engine/trace.js';
import { UserError } from '../error.js';
import type { Served } from '../model/served.js';
import { signatureOf } from '../model/signature.js';
import { modelOf } from '../model/trained.js';
import type { TrainedRun } from './trainedRun.js';

/** A model's scoring as data, with what has to be known to call it. */
export interface ServedGraph {
  /** Inputs `keys` and `mask`, whose sizes B and T are free; what was learnt is constant in it; not yet optimised. */
  readonly graph: Graph;
  readonly served: Served;
}

/**
 * Records the scoring of a run's model; every export is a lowering of this one graph.
 * @throws UserError when the model has no scoring that can be recorded
 */
export async function servedGraph({ trained, model: { name }, pipeline }: TrainedRun): Promise<ServedGraph> {
  const model = trained && (await modelOf(trained, NEXT));
  const served = model?.served?.(pipeline.threshold.score);
  if (!trained || !served) {
    throw new UserError(`The model ${name} can be exported as a bundle only.`, { next: NEXT });
  }
  const fixed = { ...trained.checkpoint.parameters, ...trained.checkpoint.state, ...served.constants };
  const signature = { ...signatureOf(fixed), ...served.inputs };
  return { graph: fixInputs(trace(served.fn, signature, { sums: served.sums }), fixed), served };
}

const NEXT = 'logbert export --format bundle --run DIR';
