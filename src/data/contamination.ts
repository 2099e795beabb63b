import { UserError } from '../error.js';
import { Random } from '../random.js';
import { EXCLUDED, type Sessions, TEST, TRAIN, VALIDATION } from './sessions.js';

/** What of a split contamination needs. */
export type Split = Pick<Sessions, 'labels' | 'splits'>;

/**
 * Lets anomalies into the training part, as when nobody could clean it: so many, drawn at random, that they make up
 * `share` of training and validation together. They come from the abnormal sessions before the border, which nothing
 * learns from otherwise, so that the test stays as it is; where the split has none, from the test, which they leave.
 *
 * @param share 0 <= share < 1
 * @param validationFraction share of them that goes to the validation part
 * @returns (n) index into SPLITS
 * @throws UserError when there are not so many anomalies
 */
export function contaminate(
  { labels, splits }: Split,
  share: number,
  validationFraction: number,
  seed: number,
): Uint8Array {
  const learnt = splits.reduce((sum, split) => sum + (split === TRAIN || split === VALIDATION ? 1 : 0), 0);
  const wanted = Math.round((share * learnt) / (1 - share));
  const source = splits.includes(EXCLUDED) ? EXCLUDED : TEST;
  const anomalies = [...labels.keys()].filter((i) => labels[i] === 1 && splits[i] === source);
  if (anomalies.length < wanted) {
    throw new UserError(
      `split.contamination ${share} needs ${wanted} abnormal sessions, but ${source === TEST ? 'the test part' : 'the training side'} has ${anomalies.length}.`,
      { next: 'Choose a smaller split.contamination.' },
    );
  }
  const chosen = new Random(seed, 'contamination').shuffle(anomalies).slice(0, wanted);
  const fitted = wanted - Math.round(wanted * validationFraction);
  const contaminated = splits.slice();
  for (const [k, i] of chosen.entries()) contaminated[i] = k < fitted ? TRAIN : VALIDATION;
  return contaminated;
}
