import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as library from '../../src/index.js';

/** What programs call where people type the command. */
const FUNCTIONS: Record<string, (keyof typeof library)[]> = {
  accept: ['acceptFinding'],
  compare: ['compareRuns', 'writeFigures'],
  datasets: ['listDatasets'],
  demo: ['runPipeline', 'generateLog'],
  detect: ['detectFile'],
  diff: ['diffLogs'],
  download: ['downloadDataset'],
  engines: ['tryEngine'],
  evaluate: ['evaluateRun'],
  explain: ['explainSession'],
  export: ['exportRun'],
  fit: ['fitLogs'],
  generate: ['generateLog'],
  info: ['describeRun'],
  parse: ['parseLogs'],
  pii: ['maskFile'],
  predict: ['predictScores', 'scoreFiles'],
  report: ['reportBundle'],
  reproduce: ['reproduce'],
  run: ['runPipeline'],
  scan: ['scanLogs'],
  sessions: ['buildSessions'],
  templates: ['listTemplates', 'diffTemplates', 'mergeTemplates', 'splitTemplate', 'renameTemplate'],
  train: ['trainModel'],
  vocab: ['buildVocabulary'],
};

it('every command is a function of the library too', () => {
  const commands = readdirSync('src/commands').map((file) => file.replace(/\.ts$/, ''));
  expect(Object.keys(FUNCTIONS)).toEqual(commands.sort());
  expect({ ...library }).toMatchObject(
    Object.fromEntries(Object.values(FUNCTIONS).flatMap((names) => names.map((name) => [name, expect.any(Function)]))),
  );
});

it('a function loads its module when it is called', async () => {
  await expect(library.reportBundle('no.zip')).rejects.toThrow('There is no bundle no.zip.');
  await expect(library.listTemplates('no-run')).rejects.toThrow('No run in no-run.');
});
