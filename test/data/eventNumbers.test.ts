import { expect, it } from 'vitest';
import { NumberTable, plainNumber } from '../../src/data/eventNumbers.js';

it.each([
  ['67108864', 67108864],
  ['-3', -3],
  ['+2.50', 2.5],
  ['0', 0],
  ['0.25', 0.25],
  ['007', Number.NaN],
  ['00000000', Number.NaN],
  ['0x10', Number.NaN],
  ['10.250.18.114', Number.NaN],
  ['10.250.18.114:50010', Number.NaN],
  ['blk_4394112519745907149', Number.NaN],
  ['4394112519745907149', Number.NaN],
  ['12ms', Number.NaN],
  ['1e5', Number.NaN],
  ['', Number.NaN],
])('takes %j for %d', (text, number) => {
  expect(plainNumber(text)).toBe(number);
});

it('keeps the parameters of each row', () => {
  const table = new NumberTable();
  for (const parameters of [['1', 'x'], [], ['3']]) table.add(parameters);
  const { starts, numbers } = table.finish();
  expect([...starts]).toEqual([0, 2, 2, 3]);
  expect([...numbers]).toEqual([1, Number.NaN, 3]);
});
