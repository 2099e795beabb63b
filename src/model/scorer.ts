import type { Compiled, Engine, HostTensors } from '../engine/engine.js';
import type { Progress } from '../progress.js';
import { batches } from './batches.js';
import { newTally, type SequenceModel, type Tally } from './model.js';
import { cutIntoPieces, joinTallies } from './pieces.js';
import { signatureOf } from './signature.js';

/** Sequences in a batch of scoring; more gain nothing. */
const ROWS = 32;

/** Scores encoded sequences with a trained model; the same for a run, a bundle or a stream. */
export class Scorer {
  private readonly compiled: Compiled;

  constructor(
    private readonly model: SequenceModel,
    engine: Engine,
    trained: { parameters: HostTensors; state: HostTensors },
    private readonly rounds: number,
  ) {
    const fixed = { ...trained.parameters, ...trained.state };
    this.compiled = engine.compile(model.score, { ...signatureOf(fixed), ...model.scoreInputs }, { fixed });
  }

  /** One tally a sequence, in the given order. */
  async score(sequences: readonly Int32Array[], progress: Progress): Promise<Tally[]> {
    const { model } = this;
    const { pieces, of } = cutIntoPieces(sequences, model.maxTokens - model.extraTokens);
    const tallies = pieces.map(({ length }) => newTally(length));
    const lengths = pieces.map(({ length }) => length + model.extraTokens);
    const task = progress.task('score', pieces.length);
    let done = 0;
    for (const { members, rows, tokens } of batches(pieces.keys(), lengths, ROWS)) {
      const batch = members.map((i) => pieces[i]);
      for (let round = 0; round < this.rounds; round++) {
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
    const parts: Tally[][] = sequences.map(() => []);
    for (const [piece, sequence] of of.entries()) parts[sequence].push(tallies[piece]);
    return parts.map(joinTallies);
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }
}
