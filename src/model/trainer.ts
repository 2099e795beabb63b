import type { Engine, HostTensors } from '../engine/engine.js';
import { KeptLost } from '../engine/guardedEngine.js';
import { UserError } from '../error.js';
import type { Progress } from '../progress.js';
import { Random } from '../random.js';
import { Adam, learningRate } from './adam.js';
import { type Batch, batches } from './batches.js';
import type { Trainable } from './model.js';
import { DropoutPool } from './noise.js';
import { openSteps, type Steps } from './steps.js';

export interface TrainerSettings {
  readonly epochs: number;
  readonly patience: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly warmup: number;
  readonly weightDecay: number;
  readonly seed: number;
}

/** One epoch as it is told in training.json; losses are means per row. */
export interface Epoch {
  readonly epoch: number;
  readonly step: number;
  readonly trainLoss: number;
  readonly validationLoss: number | null;
  readonly learningRate: number;
  readonly seconds: number;
}

/** All that training is at the end of an epoch: continuing from it gives the same result as no pause. */
export interface TrainingState {
  readonly adam: Adam;
  /** The model's state, such as the centre. */
  state: HostTensors;
  /** The parameters and state with the lowest validation loss so far. */
  best: { epoch: number; loss: number; parameters: Float32Array; state: HostTensors };
  step: number;
  epochs: Epoch[];
}

export function newTrainingState(model: Trainable, seed: number): TrainingState {
  const adam = new Adam(model.parameters(new Random(seed, 'parameters')));
  const state = model.state();
  return {
    adam,
    state,
    best: { epoch: 0, loss: Number.POSITIVE_INFINITY, parameters: adam.parameters.slice(), state },
    step: 0,
    epochs: [],
  };
}

/** Trains a sequence model; knows nothing of the model but its interface. */
export class Trainer {
  private steps?: Steps;
  private readonly noise: DropoutPool;

  /** @param data the model's rows of encoded sequences */
  constructor(
    private readonly model: Trainable,
    private readonly engine: Engine,
    private readonly data: { train: readonly Int32Array[]; validation: readonly Int32Array[] },
    private readonly settings: TrainerSettings,
    private readonly now: TrainingState,
  ) {
    this.noise = new DropoutPool(settings.seed);
  }

  /** Whether the epochs are used up, or the validation loss has not fallen for `patience` epochs. */
  get finished(): boolean {
    const { epochs, best } = this.now;
    return epochs.length >= this.settings.epochs || epochs.length - best.epoch >= this.settings.patience;
  }

  /**
   * One pass over the training rows, then the validation loss.
   * @throws the signal's reason between two batches; what earlier epochs gave stays
   */
  async epoch(progress: Progress, signal?: AbortSignal): Promise<Epoch> {
    const { step } = this.now;
    try {
      return await this.pass(progress, signal);
    } catch (error) {
      if (!(error instanceof KeptLost)) throw error;
      // The parameters were in the memory of a GPU that is gone; those of the epoch before are still here.
      await this.dispose();
      this.steps = undefined;
      this.now.step = step;
      return this.pass(progress, signal);
    }
  }

  private async pass(progress: Progress, signal: AbortSignal | undefined): Promise<Epoch> {
    const { now, settings, data } = this;
    this.steps ??= await openSteps(this.model, this.engine, now.adam);
    const epoch = now.epochs.length + 1;
    const started = performance.now();
    const order = new Random(settings.seed, 'order', epoch).shuffle(Int32Array.from(data.train, (_, i) => i));
    const task = progress.task(`epoch ${epoch}/${settings.epochs}`, data.train.length, { unit: 'sequences' });
    const averages = new Averages(this.model);
    let done = 0;
    let total = 0;
    let count = 0;
    for (const batch of this.batches(order, data.train)) {
      signal?.throwIfAborted();
      count++;
      const masks = new Random(settings.seed, 'training masks', epoch, done);
      const outputs = await this.update(this.steps, this.batchOf(batch, data.train, masks));
      const loss = outputs.loss.data[0];
      if (!Number.isFinite(loss)) throw new Diverged(`in batch ${count} of epoch ${epoch} (step ${now.step})`);
      averages.add(outputs, batch.members.length);
      done += batch.members.length;
      total += loss * batch.members.length;
      task.update(done, `loss ${(total / done).toFixed(4)}`);
    }
    const state = averages.mean(now.state, done);
    const validationLoss = await this.validate(this.steps, state);
    if (Number.isNaN(validationLoss)) throw new Diverged(`on the validation sequences after epoch ${epoch}`);
    await this.steps.settle();
    now.state = state;
    const entry: Epoch = {
      epoch,
      step: now.step,
      trainLoss: total / done,
      validationLoss,
      learningRate: this.rate(now.step),
      seconds: (performance.now() - started) / 1000,
    };
    this.remember(entry);
    const shown = validationLoss === null ? '' : `, validation ${validationLoss.toFixed(4)}`;
    task.finish(`loss ${entry.trainLoss.toFixed(4)}${shown}`);
    return entry;
  }

  async dispose(): Promise<void> {
    await this.steps?.dispose();
  }

  private update(steps: Steps, batch: HostTensors): Promise<HostTensors> {
    const step = ++this.now.step;
    const at = { step, rate: this.rate(step), decay: this.settings.weightDecay, noise: this.noise.at(step) };
    return steps.train({ ...this.now.state, ...batch }, at);
  }

  /** Mean loss of the validation rows under masks that are the same in every epoch; null if there are none. */
  private async validate(steps: Steps, state: HostTensors): Promise<number | null> {
    const { validation } = this.data;
    if (validation.length === 0) return null;
    let total = 0;
    for (const batch of this.batches(validation.keys(), validation)) {
      const masks = new Random(this.settings.seed, 'validation masks', batch.members[0]);
      const inputs = this.batchOf(batch, validation, masks);
      const { loss } = await steps.validate({ ...state, ...inputs });
      total += loss.data[0] * batch.members.length;
    }
    return total / validation.length;
  }

  private remember(entry: Epoch): void {
    const { now } = this;
    now.epochs.push(entry);
    const loss = entry.validationLoss ?? entry.trainLoss;
    if (loss >= now.best.loss) return;
    now.best = { epoch: entry.epoch, loss, parameters: now.adam.parameters.slice(), state: now.state };
  }

  private batches(order: Iterable<number>, data: readonly Int32Array[]): Generator<Batch> {
    return batches(order, data.map(this.model.tokens), this.settings.batch);
  }

  private batchOf({ members, rows, tokens }: Batch, data: readonly Int32Array[], random: Random): HostTensors {
    return this.model.trainingBatch(
      members.map((i) => data[i]),
      rows,
      tokens,
      random,
    );
  }

  private rate(step: number): number {
    return learningRate(step, this.settings.learningRate, this.settings.warmup);
  }
}

/** Means over an epoch of the loss outputs that become the model's state. */
class Averages {
  private readonly sums = new Map<string, Float64Array>();

  constructor(private readonly model: Trainable) {}

  add(outputs: HostTensors, weight: number): void {
    for (const [name, output] of Object.entries(this.model.averages)) {
      const { data } = outputs[output];
      const sum = this.sums.get(name) ?? new Float64Array(data.length);
      this.sums.set(name, sum);
      for (let i = 0; i < data.length; i++) sum[i] += data[i] * weight;
    }
  }

  mean(before: HostTensors, weight: number): HostTensors {
    const means = [...this.sums].map(([name, sum]) => {
      return [name, { data: Float32Array.from(sum, (x) => x / weight), shape: before[name].shape }];
    });
    return { ...before, ...Object.fromEntries(means) };
  }
}

/** Training has gone astray; what it held after the epoch before is still good. */
export class Diverged extends UserError {
  constructor(where: string) {
    super(`The loss is no longer a number ${where}.`, {
      next: 'LOGBERT_TRAIN_LEARNING_RATE=0.0003 logbert train   (or another rate below the present one)',
    });
  }

  /** The same with the word that a checkpoint was saved. */
  keeping(epoch: number): UserError {
    return new UserError(`${this.message} The checkpoint of epoch ${epoch}, the best until then, is kept.`, {
      next: this.next,
      cause: this,
    });
  }
}
