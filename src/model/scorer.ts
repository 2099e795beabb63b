import type { Compiled, Engine, HostTensors, Precision } from '../engine/engine.js';
import type { Progress } from '../progress.js';
import { batchesByLength } from './batches.js';
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
    const { model } = this;
    const { distinct, of, starts } = cutIntoRows(sequences, model.cut);
    const tallies = distinct.map((row) => newTally(model.events(row)));
    const task = progress.task('score', distinct.length);
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
    return sequences.map((_, i) => joinTallies(of.slice(starts[i], starts[i + 1]).map((row) => tallies[row])));
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }
}
