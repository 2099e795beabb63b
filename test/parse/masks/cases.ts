import type { Mask } from '../../../src/parse/masks/masks.js';

/** Masks that see each other's work. */
export const INTERWOVEN: Mask[][] = [
  [
    { name: 'N', pattern: '\\d' },
    { name: 'X', pattern: '[N<]+' },
  ],
  [
    { name: 'LONGER', pattern: '[a-c]1?' },
    { name: 'Y', pattern: 'R>\\.?<' },
  ],
  [
    { name: 'NUM', pattern: '(?<!\\w)-?\\d+\\b' },
    { name: 'W', pattern: '\\bb|a(?!\\.)' },
  ],
];

/** What messages are put together of. */
export const PIECES = [
  'blk_',
  '-',
  '1',
  '23',
  '.',
  ':',
  '/',
  'a',
  'b',
  'N',
  '<',
  '>',
  ' ',
  '  ',
  '\t',
  'é',
  '😀',
  '10.1.2.3',
  '/x/y',
  'blk_5',
];
