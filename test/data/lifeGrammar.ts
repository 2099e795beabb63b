/**
 * What a normal life looks like, written down apart from the generator: a letter for each kind of line, an expression
 * for their order, and equations for their counts.
 */
const LETTERS: [RegExp, string][] = [
  [/allocateBlock/, 'a'],
  [/Receiving block/, 'R'],
  [/terminating/, 'T'],
  [/Received block \S+ of size/, 'C'],
  [/blockMap updated/, 'S'],
  [/Reopen/, 'O'],
  [/Verification/, 'V'],
  [/to replicate/, 'Q'],
  [/Starting thread/, 'X'],
  [/Received block \S+ src/, 'P'],
  [/Transmitted/, 'M'],
  [/Served block/, 's'],
  [/Got exception while serving/, 'f'],
  [/invalidSet/, 'I'],
  [/to delete {2}/, 'K'],
  [/Deleting block/, 'D'],
];

const CONFIRM = '(?:TC|S)+';
const ORDER = new RegExp(
  `^(?:aRRR|RaRR|RRaR|RRRa)${CONFIRM}(?:OOORRR${CONFIRM})?V{0,3}(?:QXR[PMS]{3})?[sf]{0,6}(?:I{3,4}K*D{3,4})?$`,
);

/** The letter of a line; `?` for one that no normal life has. */
export function letterOf(line: string): string {
  return LETTERS.find(([pattern]) => pattern.test(line))?.[1] ?? '?';
}

export function isNormalLife(letters: string): boolean {
  const count = (letter: string) => letters.split(letter).length - 1;
  const [written, copies] = [3 + count('O'), count('Q')];
  return (
    ORDER.test(letters) &&
    count('T') === written &&
    count('R') === written + copies &&
    count('S') === written + copies &&
    count('P') === copies &&
    count('M') === copies &&
    count('I') === count('D') &&
    (count('D') === 0 || count('D') === 3 + copies)
  );
}
