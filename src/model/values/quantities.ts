import type { EventNumbers } from '../../data/eventNumbers.js';
import type { HostTensors } from '../../engine/engine.js';
import { ELAPSED, KeyNumbers } from './keyNumbers.js';

/*
 * The numbers of an event that are quantities: the time since the event before it in its session, and the parameters that
 * were plain numbers whenever training met them. V keys, P columns of the widest template, the time included.
 */

/** A column that a key has not; the others are the pause, and parameters by their index. */
const NONE = -2;
/** Columns of a template at most. */
export const MOST_COLUMNS = 16;

/** Events of sessions: session i has the events from `offsets[i]` to `offsets[i + 1]`. */
export interface NumberedEvents {
  /** Vocabulary key of each event. */
  readonly keys: Int32Array;
  readonly offsets: Uint32Array;
  /** Row of each event in `numbers`. */
  readonly rows: Uint32Array;
  readonly numbers: EventNumbers;
  /** Milliseconds since the event before in the same session; undefined where no line has a time. */
  readonly gaps?: Int32Array;
}

/** What training holds of numbers. */
export interface QuantitySummary {
  /** Parameters that are quantities, and the templates that have one. */
  parameters: number;
  templates: number;
  /** Templates whose pause before them is known. */
  pauses: number;
  /** Templates with neither. */
  without: number;
  /** Numbers that aren't read: those that only grow, and those beyond the columns of one template. */
  counters: number;
  left: number;
}

/** One quantity of an event, in its own unit. */
export interface Told {
  /** Index among the parameters of the event; null: the seconds since the event before. */
  parameter: number | null;
  found: number;
  expected: number;
  /** How far apart they are, in standard deviations of what they usually are. */
  deviations: number;
}

export class Quantities {
  /** P */
  readonly width: number;

  /** @param tensors parameter, mean and deviation [V, P], and count [V]: parameters of a whole event of the key */
  private constructor(
    private readonly parameter: Int32Array,
    private readonly count: Int32Array,
    private readonly mean: Float32Array,
    private readonly deviation: Float32Array,
  ) {
    this.width = parameter.length / count.length;
  }

  /**
   * Learns which numbers of each key are quantities, and their means and deviations.
   * @param V keys
   * @param learns whether a session is one to learn from
   */
  static fit(events: NumberedEvents, V: number, learns: (session: number) => boolean): [Quantities, QuantitySummary] {
    const keys = learnt(events, V, learns);
    const columns = keys.map((key) => key.columns().slice(0, MOST_COLUMNS));
    const P = Math.max(1, ...columns.map(({ length }) => length));
    const [parameter, count] = [new Int32Array(V * P).fill(NONE), Int32Array.from(keys, (key) => key.count)];
    const [mean, deviation] = [new Float32Array(V * P), new Float32Array(V * P).fill(1)];
    columns.forEach((list, key) => {
      list.forEach(({ index, moments }, p) => {
        parameter[key * P + p] = index;
        mean[key * P + p] = moments.mean;
        deviation[key * P + p] = moments.scale;
      });
    });
    return [new Quantities(parameter, count, mean, deviation), summaryOf(keys)];
  }

  static from(tensors: HostTensors): Quantities {
    const [parameter, count] = [tensors[PARAMETER], tensors[COUNT]].map(({ data }) => data as Int32Array);
    const [mean, deviation] = [tensors[MEAN], tensors[DEVIATION]].map(({ data }) => data as Float32Array);
    return new Quantities(parameter, count, mean, deviation);
  }

  /** For a checkpoint. */
  tensors(): HostTensors {
    const { parameter, count, mean, deviation, width: P } = this;
    const shape = [count.length, P];
    return {
      [PARAMETER]: { data: parameter, shape },
      [COUNT]: { data: count, shape: [count.length] },
      [MEAN]: { data: mean, shape },
      [DEVIATION]: { data: deviation, shape },
    };
  }

  /** (events x P) the quantities of each event in deviations from their means; NaN where it has none. */
  vectors(events: NumberedEvents): Float32Array {
    const { width: P, count, parameter, mean, deviation } = this;
    const { keys, offsets } = events;
    const vectors = new Float32Array(keys.length * P).fill(Number.NaN);
    for (let session = 0; session + 1 < offsets.length; session++) {
      for (let i = offsets[session]; i < offsets[session + 1]; i++) {
        const whole = parametersOf(events, i).length === count[keys[i]];
        for (let p = 0, at = keys[i] * P; p < P && parameter[at] !== NONE; p++, at++) {
          const isPause = parameter[at] === ELAPSED;
          const value = isPause
            ? elapsed(events, i, session)
            : whole
              ? parametersOf(events, i)[parameter[at]]
              : Number.NaN;
          vectors[i * P + p] = (value - mean[at]) / deviation[at];
        }
      }
    }
    return vectors;
  }

  /** The quantities of one event beside what was predicted, both as `vectors` gives them, and how unusual that is. */
  tell(key: number, found: Float32Array, predicted: Float32Array, deviations: Float32Array): Told[] {
    const { width: P, parameter } = this;
    return Array.from({ length: P }, (_, p) => p)
      .filter((p) => !Number.isNaN(found[p]))
      .map((p) => ({
        parameter: parameter[key * P + p] === ELAPSED ? null : parameter[key * P + p],
        found: this.inUnit(key, p, found[p]),
        expected: this.inUnit(key, p, predicted[p]),
        deviations: deviations[p],
      }));
  }

  private inUnit(key: number, p: number, value: number): number {
    const at = key * this.width + p;
    const number = this.mean[at] + value * this.deviation[at];
    return this.parameter[at] === ELAPSED ? Math.max(0, Math.expm1(number)) : number;
  }
}

const PARAMETER = 'values/quantities/parameter';
const COUNT = 'values/quantities/count';
const MEAN = 'values/quantities/mean';
const DEVIATION = 'values/quantities/deviation';

function parametersOf({ rows, numbers: { starts, numbers } }: NumberedEvents, i: number): Float64Array {
  return numbers.subarray(starts[rows[i]], starts[rows[i] + 1]);
}

/** ln(1 + seconds): pauses of a second and of an hour are both told from what is usual. NaN for the first of a session. */
function elapsed({ gaps, offsets }: NumberedEvents, i: number, session: number): number {
  return gaps === undefined || i === offsets[session] ? Number.NaN : Math.log1p(Math.max(0, gaps[i]) / 1000);
}

/** What the chosen sessions hold of each key, their events in the order of the log. */
function learnt(events: NumberedEvents, V: number, learns: (session: number) => boolean): KeyNumbers[] {
  const { keys, offsets, rows } = events;
  const keyNumbers = Array.from({ length: V }, () => new KeyNumbers());
  const chosen: number[] = [];
  for (let session = 0; session + 1 < offsets.length; session++) {
    if (!learns(session)) continue;
    for (let i = offsets[session]; i < offsets[session + 1]; i++) {
      keyNumbers[keys[i]].meet(elapsed(events, i, session), parametersOf(events, i).length);
      chosen.push(i);
    }
  }
  chosen.sort((a, b) => rows[a] - rows[b] || a - b);
  for (const i of chosen) keyNumbers[keys[i]].add(parametersOf(events, i));
  return keyNumbers;
}

function summaryOf(keys: readonly KeyNumbers[]): QuantitySummary {
  const met = keys.filter((key) => key.met);
  const sum = (of: (key: KeyNumbers) => number) => met.reduce((total, key) => total + of(key), 0);
  return {
    parameters: sum((key) => key.quantities().length),
    templates: sum((key) => (key.quantities().length > 0 ? 1 : 0)),
    pauses: sum((key) => (key.hasPause ? 1 : 0)),
    without: sum((key) => (key.columns().length === 0 ? 1 : 0)),
    counters: sum((key) => key.counters()),
    left: sum((key) => Math.max(0, key.columns().length - MOST_COLUMNS)),
  };
}
