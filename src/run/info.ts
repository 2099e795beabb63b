import { readFile } from 'node:fs/promises';
import { usableCores } from '../cores.js';
import { ARTEFACTS, type ArtefactName, commandFor, STAGE_RESULTS, STAGES } from './artefacts.js';
import { RunFolder } from './folder.js';

export interface Installation {
  version: string;
  node: string;
  platform: string;
  cores: number;
  /** What `--engine auto` takes, or why nothing works. */
  engine: string;
}

export interface RunInfo {
  dir: string;
  artefacts: {
    name: ArtefactName;
    file: string;
    bytes?: number;
    state: 'fresh' | 'missing' | 'stale';
    reason?: string;
  }[];
  /** The command that makes the first thing that is missing or stale. */
  next?: string;
}

/** What is installed, and what models run on. */
export async function describeInstallation(): Promise<Installation> {
  const { arch, platform, version: node } = process;
  return {
    version: await packageVersion(),
    node,
    platform: `${platform}-${arch}`,
    cores: usableCores(),
    engine: await defaultEngine(),
  };
}

/**
 * What a run folder holds.
 * @throws UserError when it isn't one
 */
export async function describeRun(dir: string): Promise<RunInfo> {
  const run = await RunFolder.open(dir, { readOnly: true });
  const names = Object.keys(ARTEFACTS) as ArtefactName[];
  const artefacts = await Promise.all(names.map((name) => describe(run, name)));
  return { dir, artefacts, next: nextCommand(artefacts, run) };
}

async function describe(run: RunFolder, name: ArtefactName): Promise<RunInfo['artefacts'][number]> {
  const { file } = ARTEFACTS[name];
  if (!run.has(name)) return { name, file, state: 'missing' };
  const fault = await run.fault(name);
  return { name, file, bytes: run.bytes(name), state: fault ? 'stale' : 'fresh', reason: fault?.message };
}

/** The command of the first stage that isn't done; a run of key files has nothing to parse. */
function nextCommand(artefacts: RunInfo['artefacts'], run: RunFolder): string | undefined {
  const stateOf = (name: ArtefactName) => artefacts.find((artefact) => artefact.name === name)?.state;
  const { keys, labelledKeys } = (run.settings.input ?? {}) as { keys?: unknown; labelledKeys?: unknown };
  const fromKeys = keys !== undefined || labelledKeys !== undefined;
  const stages = STAGES.filter((stage) => stage !== 'parse' || !fromKeys);
  const needed = stages.find((stage) =>
    STAGE_RESULTS[stage].some((names) => names.every((name) => stateOf(name) !== 'fresh')),
  );
  if (needed === undefined) return undefined;
  return commandFor(STAGE_RESULTS[needed][0][0], run.dir, {
    resume: needed === 'train' && stateOf('state') === 'fresh',
  });
}

async function defaultEngine(): Promise<string> {
  const { openEngine } = await import('../engine/open.js');
  try {
    const { name, description } = await openEngine('auto');
    return `${name}: ${description}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The version in package.json. */
export async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
