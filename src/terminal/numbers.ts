import { UsageError } from '../error.js';

/**
 * A flag's text as a number.
 * @throws UsageError when it isn't one that `valid` takes
 */
export function numberFrom(flag: string, text: string, valid: (value: number) => boolean, expected: string): number {
  const value = Number(text);
  if (text.trim() === '' || !valid(value)) throw new UsageError(`${flag}: expected ${expected}, found "${text}"`);
  return value;
}

/** Whole numbers from 0 on. */
export function countFrom(flag: string, text: string): number {
  return numberFrom(flag, text, (n) => Number.isInteger(n) && n >= 0, 'a whole number from 0 on');
}

const SECONDS = { s: 1, m: 60, h: 3600 };

/** A span of time such as `90s` or `2m`, in seconds. */
export function secondsFrom(flag: string, text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  if (number === undefined) throw new UsageError(`${flag}: expected a span of time such as 90s or 2m, found "${text}"`);
  return Number(number) * SECONDS[unit as keyof typeof SECONDS];
}
