import type { EventNumbers } from '../../data/eventNumbers.js';
import type { Sessions } from '../../data/sessions.js';
import type { Compiled, Engine, HostTensors } from '../../engine/engine.js';
import type { Progress } from '../../progress.js';
import { cutIntoRows } from '../rows.js';
import { signatureOf } from '../signature.js';
import { Errors } from './errors.js';
import { Quantities, type Told } from './quantities.js';
import { hasQuantity, type ValueNetwork, type ValueShape, valuedSequence, valueNetwork } from './valueNetwork.js';

/** Windows in a full batch. */
const BATCH = 2048;
/** Events that are cut into windows at a time. */
const CHUNK = 1 << 17;

/** Sessions whose events are rows of a log. */
export type WithRows = Pick<Sessions, 'events' | 'offsets' | 'gaps'> & { rows: Uint32Array };

/** What was found out about the quantities of a session's events. */
export interface ScoredValues {
  /** (events) how far that quantity of each event which is farthest off is, in standard deviations of its errors; NaN without any. */
  readonly deviations: Float32Array;
  /** The quantities of an event, and what was predicted in their places. */
  tell(event: number): Told[];
}

/** A trained model of the quantities of events. */
export class ValueModel {
  private constructor(
    private readonly network: ValueNetwork,
    private readonly quantities: Quantities,
    private readonly errors: Errors | undefined,
    private readonly compiled: Compiled,
  ) {}

  /**
   * @param tensors parameters of the network, quantities and errors, as a checkpoint has them; without errors it only predicts
   * @param V vocabulary keys
   */
  static open(shape: ValueShape, V: number, tensors: HostTensors, engine: Engine): ValueModel {
    const quantities = Quantities.from(tensors);
    const network = valueNetwork(shape, V, quantities.width);
    const fixed = Object.fromEntries(network.names.map((name) => [name, tensors[name]]));
    const compiled = engine.compile(network.score, { ...signatureOf(fixed), ...network.scoreInputs }, { fixed });
    return new ValueModel(network, quantities, Errors.from(tensors), compiled);
  }

  /** P, quantities of an event at most. */
  get width(): number {
    return this.quantities.width;
  }

  /** (events x P) what this model reads of each event beside its key; NaN where there is nothing. */
  vectors(
    { events, offsets, rows, gaps }: WithRows,
    numbers: EventNumbers,
    keyOf: (template: number) => number,
  ): Float32Array {
    return this.quantities.vectors({ keys: events.map(keyOf), offsets, rows, gaps, numbers });
  }

  /** One entry a session. @param vectors (events x P) of each */
  async score(
    keys: readonly Int32Array[],
    vectors: readonly Float32Array[],
    progress: Progress,
  ): Promise<ScoredValues[]> {
    const { errors, quantities, width: P } = this;
    if (!errors) throw new Error('the errors of this model of values are not known yet');
    const predicted = await this.predict(keys, vectors, progress);
    return keys.map((own, s) => {
      const part = (of: Float32Array, i: number) => of.subarray(i * P, (i + 1) * P);
      const deviations = (i: number) => errors.deviations(own[i], part(vectors[s], i), part(predicted[s], i));
      return {
        deviations: Float32Array.from(own, (_, i) => farthest(deviations(i))),
        tell: (i) => quantities.tell(own[i], part(vectors[s], i), part(predicted[s], i), deviations(i)),
      };
    });
  }

  /** (events x P) of each session: what is expected, from the events before; NaN for an event without quantities. */
  async predict(
    keys: readonly Int32Array[],
    vectors: readonly Float32Array[],
    progress: Progress,
  ): Promise<Float32Array[]> {
    const predicted: Float32Array[] = [];
    const task = progress.task('score values', keys.length, { unit: 'sequences' });
    while (predicted.length < keys.length) {
      const from = predicted.length;
      let to = from;
      for (let events = 0; to < keys.length && events < CHUNK; to++) events += keys[to].length;
      predicted.push(...(await this.predictChunk(keys.slice(from, to), vectors.slice(from, to))));
      task.update(to);
    }
    task.finish();
    return predicted;
  }

  private async predictChunk(keys: readonly Int32Array[], vectors: readonly Float32Array[]): Promise<Float32Array[]> {
    const P = this.width;
    const sequences = keys.map((own, s) => valuedSequence(own, vectors[s]));
    const { distinct, of } = cutIntoRows(sequences, this.network.cut);
    const outputs: Float32Array[] = [];
    for (let at = 0; at < distinct.length; at += BATCH) {
      const rows = distinct.slice(at, at + BATCH);
      outputs.push(
        (await this.compiled.run(this.network.scoringBatch(rows, rows.length))).predicted.data as Float32Array,
      );
    }
    let row = 0;
    return vectors.map((own) => {
      const predicted = new Float32Array(own.length).fill(Number.NaN);
      for (let at = 0; at < own.length; at += P) {
        if (!hasQuantity(own.subarray(at, at + P))) continue;
        const index = of[row++];
        const first = (index % BATCH) * P;
        predicted.set(outputs[Math.floor(index / BATCH)].subarray(first, first + P), at);
      }
      return predicted;
    });
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }
}

/** The largest deviation, in either direction; NaN where there is none. */
function farthest(deviations: Float32Array): number {
  const known = deviations.filter((deviation) => !Number.isNaN(deviation));
  return known.length === 0 ? Number.NaN : Math.max(...known.map(Math.abs));
}
