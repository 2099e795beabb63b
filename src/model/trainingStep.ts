import { differentiate, gradientOf } from '../engine/differentiate.js';
import { type HostTensors, nextOf, type TensorFunction, type Tensors } from '../engine/engine.js';
import { type Adam, adamStep, stepNumbers, viewsOf } from './adam.js';

const firstOf = (name: string) => `adam/first/${name}`;
const secondOf = (name: string) => `adam/second/${name}`;
const NUMBERS = ['scale', 'correction', 'keep'] as const;
const numberOf = (number: (typeof NUMBERS)[number]) => `adam/${number}`;

/** What Adam's numbers depend on; see `stepNumbers`. */
export interface StepNumber {
  readonly step: number;
  readonly rate: number;
  readonly decay?: number;
}

/** Gradient and Adam as one pure function: what `loss` tells, and the parameters and moments after the step. */
export function trainingStep(loss: TensorFunction, names: readonly string[]): TensorFunction {
  const differentiated = differentiate(loss, 'loss', names);
  const step: TensorFunction = (inputs, context) => {
    const outputs = differentiated(inputs, context);
    const [scale, correction, keep] = NUMBERS.map((number) => inputs[numberOf(number)]);
    const moved = names.map((name): Tensors => {
      const before = { parameter: inputs[name], first: inputs[firstOf(name)], second: inputs[secondOf(name)] };
      const { parameter, first, second } = adamStep(before, outputs[gradientOf(name)], { scale, correction, keep });
      return { [nextOf(name)]: parameter, [nextOf(firstOf(name))]: first, [nextOf(secondOf(name))]: second };
    });
    const gradients = new Set(names.map(gradientOf));
    const told = Object.entries(outputs).filter(([name]) => !gradients.has(name));
    return Object.assign(Object.fromEntries(told), ...moved);
  };
  Object.defineProperty(step, 'name', { value: `training step of ${loss.name}` });
  return step;
}

/** The parameters and moments as inputs of a training step; views. */
export function movingOf({ tensors, first, second }: Adam): HostTensors {
  const named = (flat: Float32Array, nameOf: (name: string) => string) =>
    Object.entries(viewsOf(tensors, flat)).map(([name, tensor]) => [nameOf(name), tensor]);
  return { ...tensors, ...Object.fromEntries([...named(first, firstOf), ...named(second, secondOf)]) };
}

/** What of Adam depends on the step, as inputs of a training step. */
export function stepInputs({ step, rate, decay }: StepNumber): HostTensors {
  const numbers = stepNumbers(rate, step, decay);
  return Object.fromEntries(
    NUMBERS.map((number) => [numberOf(number), { data: Float32Array.of(numbers[number]), shape: [] }]),
  );
}
