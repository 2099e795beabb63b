import { Vocabulary } from '../../data/vocabulary.js';
import { Random } from '../../random.js';

/**
 * The positions of a sequence that one round of scoring masks: a pure function of (seed, length, round), so that a score
 * depends on neither batch nor order and an exported model can repeat it.
 *
 * The rounds walk over one permutation of the positions, each starting where `length / rounds` steps further are done;
 * with rounds x ratio >= 1 every position is masked at least once.
 */
export function scoringMask(seed: number, length: number, round: number, rounds: number, ratio: number): Int32Array {
  const order = maskOrder(seed, length);
  const { start, count } = maskSpan(length, round, rounds, ratio);
  return Int32Array.from({ length: count }, (_, i) => order[(start + i) % length]);
}

/** The permutation of the positions that the rounds walk over. */
export function maskOrder(seed: number, length: number): Int32Array {
  return new Random(seed, 'scoring mask', length).shuffle(Int32Array.from({ length }, (_, i) => i));
}

/** Where in the permutation a round starts, and how many positions it masks. */
export function maskSpan(
  length: number,
  round: number,
  rounds: number,
  ratio: number,
): { start: number; count: number } {
  return { start: Math.floor((round * length) / rounds), count: Math.max(1, Math.ceil(ratio * length)) };
}

/**
 * Masks a training sequence in place: each position with probability `ratio`, at least one; of the chosen 80 % become
 * [MASK], 10 % a random key, 10 % stay (Devlin et al., 2019, section 3.1).
 * @param keys the sequence, changed in place
 * @returns the chosen positions
 */
export function maskForTraining(keys: Int32Array, ratio: number, vocabularySize: number, random: Random): number[] {
  const chosen: number[] = [];
  for (let i = 0; i < keys.length; i++) if (random.next() < ratio) chosen.push(i);
  if (chosen.length === 0 && keys.length > 0) chosen.push(random.int(keys.length));
  for (const i of chosen) {
    const draw = random.next();
    if (draw < 0.8) keys[i] = Vocabulary.MASK;
    else if (draw < 0.9) keys[i] = Vocabulary.SPECIALS + random.int(vocabularySize - Vocabulary.SPECIALS);
  }
  return chosen;
}
