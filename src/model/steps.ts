import { differentiate, gradientOf } from '../engine/differentiate.js';
import type { Compiled, Engine, HostTensors, Kept, Noise } from '../engine/engine.js';
import type { Adam } from './adam.js';
import type { Trainable } from './model.js';
import { signatureOf } from './signature.js';
import { movingOf, type StepNumber, stepInputs, trainingStep } from './trainingStep.js';

/** A step of training, with the dropout masks of a model that has some. */
export interface StepAt extends StepNumber {
  readonly noise?: Noise;
}

/**
 * The steps of a training on an engine, and the parameters wherever the engine has them. Inputs are a batch and the model's
 * state, outputs those of its loss function.
 */
export interface Steps {
  train(inputs: HostTensors, at: StepAt): Promise<HostTensors>;
  validate(inputs: HostTensors): Promise<HostTensors>;
  /** Brings `adam` up to date. */
  settle(): Promise<void>;
  dispose(): Promise<void>;
}

/** @param adam where training starts, and what `settle` brings up to date */
export async function openSteps(model: Trainable, engine: Engine, adam: Adam): Promise<Steps> {
  if (!engine.keep) return new HostSteps(model, engine, adam);
  return new DeviceSteps(model, engine, adam, await engine.keep(movingOf(adam)));
}

/** Parameters in the host's memory: they go to the engine with each batch, the gradients come back. */
class HostSteps implements Steps {
  private readonly gradients: Compiled;
  private readonly loss: Compiled;

  constructor(
    model: Trainable,
    engine: Engine,
    private readonly adam: Adam,
  ) {
    const signature = { ...signatureOf(adam.tensors), ...signatureOf(model.state()), ...model.lossInputs };
    this.gradients = engine.compile(differentiate(model.loss, 'loss', adam.names), signature, { train: true });
    this.loss = engine.compile(model.loss, signature);
  }

  async train(inputs: HostTensors, { step, rate, decay, noise }: StepAt): Promise<HostTensors> {
    const outputs = await this.gradients.run({ ...this.adam.tensors, ...inputs }, noise);
    this.adam.step((name) => outputs[gradientOf(name)], rate, step, decay);
    return outputs;
  }

  validate(inputs: HostTensors): Promise<HostTensors> {
    return this.loss.run({ ...this.adam.tensors, ...inputs });
  }

  async settle(): Promise<void> {}

  async dispose(): Promise<void> {
    await this.gradients.dispose();
    await this.loss.dispose();
  }
}

/** Parameters and moments in a device's memory: only batches go there, and what the loss function tells comes back. */
class DeviceSteps implements Steps {
  private readonly step: Compiled;
  private readonly loss: Compiled;

  constructor(
    model: Trainable,
    engine: Engine,
    private readonly adam: Adam,
    private readonly kept: Kept,
  ) {
    const inputs = { ...signatureOf(model.state()), ...model.lossInputs };
    const numbers = signatureOf(stepInputs({ step: 1, rate: 0 }));
    this.step = engine.compile(
      trainingStep(model.loss, adam.names),
      { ...signatureOf(movingOf(adam)), ...inputs, ...numbers },
      { train: true, kept },
    );
    this.loss = engine.compile(model.loss, { ...signatureOf(adam.tensors), ...inputs }, { kept });
  }

  train(inputs: HostTensors, { noise, ...at }: StepAt): Promise<HostTensors> {
    return this.step.run({ ...inputs, ...stepInputs(at) }, noise);
  }

  validate(inputs: HostTensors): Promise<HostTensors> {
    return this.loss.run(inputs);
  }

  async settle(): Promise<void> {
    const values = await this.kept.read();
    for (const [name, { data }] of Object.entries(movingOf(this.adam))) data.set(values[name].data);
  }

  async dispose(): Promise<void> {
    await this.kept.dispose();
    await this.step.dispose();
    await this.loss.dispose();
  }
}
