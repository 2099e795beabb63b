import type { Settings } from '../config/schema.js';
import { findLogs, type LogFile } from '../parse/input/logFiles.js';
import { STDIN } from '../parse/input/source.js';
import type { Progress } from '../progress.js';
import { type Bundle, openBundle } from './bundle.js';
import { openBundleScorer } from './bundleScorer.js';
import { type LogScores, scoreLog } from './logScores.js';

/**
 * Scores the sessions of raw logs, read as one stream; `-` is stdin.
 * @throws UserError when bundle or log can't be used
 */
export async function scoreFiles(
  bundle: string,
  files: string[],
  engine: Settings['engine'],
  progress: Progress,
): Promise<LogScores> {
  const opened = await openBundle(bundle);
  return score(opened, await findLogs({ files }), engine, progress);
}

/** Scores the sessions of lines that are at hand. */
export async function scoreText(
  bundle: string,
  lines: readonly string[],
  engine: Settings['engine'],
  progress: Progress,
): Promise<LogScores> {
  const text = Buffer.from(`${lines.join('\n')}\n`);
  async function* once() {
    yield text;
  }
  return score(await openBundle(bundle), [{ name: STDIN, path: STDIN }], engine, progress, once());
}

async function score(
  bundle: Bundle,
  logs: readonly LogFile[],
  engine: Settings['engine'],
  progress: Progress,
  stdin?: AsyncIterable<Uint8Array>,
): Promise<LogScores> {
  const scorer = await openBundleScorer(bundle, engine, progress);
  return scoreLog(bundle, scorer, logs, progress, stdin).finally(() => scorer.dispose());
}
