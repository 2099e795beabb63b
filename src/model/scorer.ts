import type { Compiled, Engine, HostTensors, Precision } from '../engine/engine.js';
import type { Progress } from '../progress.js';
import { bagsOf, tallyOfRow } from './bags.js';
import { batchesByLength, rowsFor } from './batches.js';
import { newTally, type SequenceModel, type Tally } from './model.js';
import { cutIntoRows, joinTallies } from './rows.js';
import { signatureOf } from './signature.js';

/** Scores encoded sequences with a trained model; the same for a run, a bundle or a stream. */
export class Scorer {
  private readonly compiled: Compiled;

  constructor(
    private readonly model: SequenceModel,
    engine: Engine,
    trained: { parameters: HostTensors; state: HostTensors },
    precision: Precision = 'fp32',
  ) {
    const fixed = { ...trained.parameters, ...trained.state };
    const signature = { ...signatureOf(fixed), ...model.scoreInputs };
    this.compiled = engine.compile(model.score, signature, { fixed, precision });
  }

  /** One tally a sequence, in the given order. */
  async score(sequences: readonly Int32Array[], progress: Progress): Promise<Tally[]> {
    const { distinct, of, starts } = cutIntoRows(sequences, this.model.cut);
    const tallies = await this.scoreRows(distinct, progress);
    return sequences.map((_, i) => joinTallies(of.slice(starts[i], starts[i + 1]).map((row) => tallies[row])));
  }

  private async scoreRows(rows: readonly Int32Array[], progress: Progress): Promise<Tally[]> {
    if (!this.model.unordered) return this.scoreDistinct(rows, progress);
    const { bags, of } = bagsOf(rows);
    const tallies = await this.scoreDistinct(bags, progress);
    return rows.map((row, i) => tallyOfRow(row, tallies[of[i]]));
  }

  private async scoreDistinct(distinct: readonly Int32Array[], progress: Progress): Promise<Tally[]> {
    const { model } = this;
    const tallies = distinct.map((row) => newTally(model.events(row)));
    const task = progress.task('score', distinct.length, { unit: 'distinct sequences' });
    let done = 0;
    for (const { members, rows, tokens } of batchesByLength(distinct.map(model.tokens), model.scoringRows)) {
      const batch = members.map((i) => distinct[i]);
      for (let round = 0; round < model.rounds(batch); round++) {
        const inputs = model.scoringBatch(batch, rows, tokens, round);
        const outputs = await this.compiled.run(inputs);
        model.tally(
          outputs,
          inputs,
          members.map((i) => tallies[i]),
        );
      }
      done += members.length;
      task.update(done);
    }
    task.finish();
    return tallies;
  }

  /**
   * How surprising each of some keys would be in the place of each event of a sequence and of its end, in the same
   * rounds as the events themselves.
   * @returns (keys, length + 1) in nats; NaN where nothing is predicted
   */
  async surprises(sequence: Int32Array, keys: readonly number[]): Promise<Float32Array[]> {
    const { distinct, of } = cutIntoRows([sequence], this.model.cut);
    const rows: Tally[][] = [];
    for (const row of distinct) rows.push(await this.inPlaceOf(row, keys));
    return keys.map((_, k) => {
      const { surprise, masked } = joinTallies(of.map((row) => rows[row][k]));
      return surprise.map((sum, i) => (masked[i] > 0 ? sum / masked[i] : NaN));
    });
  }

  private async inPlaceOf(row: Int32Array, keys: readonly number[]): Promise<Tally[]> {
    if (!this.model.unordered) return this.inPlace(row, keys);
    return (await this.inPlace(row.toSorted(), keys)).map((tally) => tallyOfRow(row, tally));
  }

  /** One tally a key, as if it stood in every place of a row that is predicted; what the model sees stays as it is. */
  private async inPlace(row: Int32Array, keys: readonly number[]): Promise<Tally[]> {
    const { model } = this;
    const tallies = keys.map(() => newTally(model.events(row)));
    const tokens = model.tokens(row);
    const most = rowsFor(tokens, model.scoringRows);
    for (let at = 0; at < keys.length; at += most) {
      const some = keys.slice(at, at + most);
      const batch = some.map(() => row);
      for (let round = 0; round < model.rounds(batch); round++) {
        const inputs = model.scoringBatch(batch, some.length, tokens, round);
        const { data } = inputs.targets;
        const each = data.length / some.length;
        for (const [b, key] of some.entries()) data.fill(key, b * each, (b + 1) * each);
        model.tally(await this.compiled.run(inputs), inputs, tallies.slice(at, at + most));
      }
    }
    return tallies;
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }
}
