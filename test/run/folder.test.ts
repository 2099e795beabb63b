import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ArtefactName, RunFolder } from '../../src/run/folder.js';
import { self } from '../../src/run/process.js';

let parent: string;
let dir: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'logbert-run-'));
  dir = join(parent, 'run');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const none = { from: [], settings: null };

function put(run: RunFolder, name: ArtefactName, text: string, from: ArtefactName[] = [], settings: unknown = null) {
  return run.write(name, { from, settings }, (path) => writeFile(path, text));
}

describe('writing', () => {
  it('records hash, size and origin, and a later process reads them', async () => {
    const run = await RunFolder.open(dir, { create: true });
    await put(run, 'events', 'e1');
    await put(run, 'sessions', 's1', ['events'], { window: 'session' });
    await run.close();
    const again = await RunFolder.open(dir, { readOnly: true });
    expect(readFileSync(await again.require('sessions'), 'utf8')).toBe('s1');
    const manifest = JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8'));
    expect(manifest.artefacts.sessions).toMatchObject({
      file: 'sessions.parquet',
      bytes: 2,
      command: 'logbert sessions',
      settings: { window: 'session' },
      from: { events: again.sha256('events') },
    });
  });

  it('keeps the old artefacts when a writer fails', async () => {
    const run = await RunFolder.open(dir, { create: true });
    await put(run, 'events', 'old');
    const failing = run.writeAll(['events', 'ledger'], none, async (tmp) => {
      await writeFile(tmp('events'), 'new');
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(readFileSync(await run.require('events'), 'utf8')).toBe('old');
    expect(run.has('ledger')).toBe(false);
    await run.close();
    expect(readdirSync(dir).sort()).toEqual(['events.parquet', 'run.json']);
  });

  it('tells a full disk from other faults', async () => {
    const run = await RunFolder.open(dir, { create: true });
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    await expect(run.write('events', none, () => Promise.reject(full))).rejects.toThrow(/The disk is full: .*events/);
    const unreadable = Object.assign(new Error('open /elsewhere'), { code: 'EACCES', path: '/elsewhere' });
    await expect(run.write('events', none, () => Promise.reject(unreadable))).rejects.toBe(unreadable);
    await run.close();
  });

  it('leaves to the next process what stops between two renames', async () => {
    const run = await RunFolder.open(dir, { create: true });
    // Nothing can be renamed to where a folder stands.
    mkdirSync(run.path('ledger'));
    const stopped = run.writeAll(['events', 'ledger'], none, async (tmp) => {
      await writeFile(tmp('events'), 'new events');
      await writeFile(tmp('ledger'), 'new ledger');
    });
    await expect(stopped).rejects.toThrow();
    await run.close();
    rmSync(run.path('ledger'), { recursive: true });
    const again = await RunFolder.open(dir);
    expect(readFileSync(await again.require('events'), 'utf8')).toBe('new events');
    expect(readFileSync(await again.require('ledger'), 'utf8')).toBe('new ledger');
    await again.close();
  });

  it('removes artefacts', async () => {
    const run = await RunFolder.open(dir, { create: true });
    await put(run, 'state', 'x');
    await run.remove('state');
    expect(run.has('state')).toBe(false);
    expect(existsSync(join(dir, 'training-state.safetensors'))).toBe(false);
    await run.close();
  });
});

describe('freshness', () => {
  async function chain(): Promise<RunFolder> {
    const run = await RunFolder.open(dir, { create: true });
    await put(run, 'events', 'e1');
    await put(run, 'sessions', 's1', ['events'], { length: 20, step: 5 });
    await put(run, 'vocabulary', 'v1', ['sessions']);
    return run;
  }

  it('names the command that makes a missing artefact', async () => {
    const run = await chain();
    await expect(run.require('checkpoint')).rejects.toMatchObject({
      message: `No trained model in ${dir}.`,
      next: `logbert train --run ${dir}`,
    });
    await run.close();
  });

  it('is lost, recursively, when an origin changes', async () => {
    const run = await chain();
    expect(await run.isFresh('vocabulary', null)).toBe(true);
    await put(run, 'events', 'e2');
    await expect(run.require('vocabulary')).rejects.toMatchObject({
      message: expect.stringContaining('events.parquet has changed'),
      next: `logbert sessions --run ${dir}`,
    });
    expect(await run.isFresh('vocabulary', null)).toBe(false);
    await run.close();
  });

  it('stays when an origin is made again with equal bytes', async () => {
    const run = await chain();
    await put(run, 'events', 'e1');
    expect(await run.isFresh('vocabulary', null)).toBe(true);
    await run.close();
  });

  it('depends on the settings, not on the order of their keys', async () => {
    const run = await chain();
    expect(await run.isFresh('sessions', { step: 5, length: 20, absent: undefined })).toBe(true);
    expect(await run.isFresh('sessions', { step: 6, length: 20 })).toBe(false);
    await run.close();
  });

  it.each([
    ['cut', 'e', /damaged: 1 bytes/],
    ['changed in place', 'e9', /damaged: its content/],
  ])('refuses a file that was %s', async (_how, content, message) => {
    const run = await chain();
    writeFileSync(run.path('events'), content);
    await expect(run.require('events')).rejects.toThrow(message);
    await run.close();
  });

  it('refuses another format version', async () => {
    await (await chain()).close();
    const path = join(dir, 'run.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    manifest.artefacts.events.version = 7;
    writeFileSync(path, JSON.stringify(manifest));
    const run = await RunFolder.open(dir, { readOnly: true });
    await expect(run.require('events')).rejects.toThrow(/another version of logbert \(format 7, expected 3\)/);
  });
});

describe('opening', () => {
  it('refuses a path that is a file, or below one', async () => {
    writeFileSync(dir, '');
    await expect(RunFolder.open(dir, { create: true })).rejects.toThrow(/is a file/);
    await expect(RunFolder.open(join(dir, 'deeper'), { create: true })).rejects.toThrow(
      /a part of this path is a file/,
    );
  });

  it('refuses a folder with other files and no manifest', async () => {
    mkdirSync(dir);
    writeFileSync(join(dir, 'thesis.tex'), '');
    await expect(RunFolder.open(dir, { create: true })).rejects.toThrow(/isn't a run folder: it holds thesis.tex/);
  });

  it('refuses a missing run unless it may create it', async () => {
    await expect(RunFolder.open(dir)).rejects.toMatchObject({ next: `logbert parse FILE --run ${dir}` });
    mkdirSync(dir);
    await expect(RunFolder.open(dir, { readOnly: true })).rejects.toThrow(/No run in/);
  });

  it.each([
    ['no JSON', '{"format":', /it isn't JSON/],
    ['another version', '{"format":"logbert-run","version":2}', /another version of logbert \(format 2, expected 1\)/],
    ['another shape', '{"format":"logbert-run","version":1,"settings":{}}', /artefacts/],
  ])('refuses a manifest with %s', async (_what, text, message) => {
    mkdirSync(dir);
    writeFileSync(join(dir, 'run.json'), text);
    await expect(RunFolder.open(dir)).rejects.toThrow(message);
    expect(existsSync(join(dir, 'run.lock'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'refuses a folder it may not write (root may write anywhere, Windows knows no such mode)',
    async () => {
      mkdirSync(dir);
      chmodSync(dir, 0o500);
      await expect(RunFolder.open(dir, { create: true })).rejects.toThrow(/No permission to write/);
    },
  );

  it('removes leftover temporaries and finishes renames of a killed process', async () => {
    const run = await RunFolder.open(dir, { create: true });
    await put(run, 'events', 'old');
    await put(run, 'ledger', 'new ledger');
    await run.close();
    // The state of a kill between the two renames of one write: the ledger is renamed, the events aren't.
    const path = join(dir, 'run.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    const { ledger, events } = manifest.artefacts;
    delete manifest.artefacts.ledger;
    manifest.pending = {
      ledger: { temporary: '.tmp-0a-ledger.json', entry: ledger },
      events: { temporary: '.tmp-0b-events.parquet', entry: { ...events, bytes: 6, sha256: ledger.sha256 } },
    };
    writeFileSync(path, JSON.stringify(manifest));
    writeFileSync(join(dir, '.tmp-0b-events.parquet'), 'whole!');
    writeFileSync(join(dir, '.tmp-0c-lines.zlines'), 'half');
    const again = await RunFolder.open(dir);
    expect(readFileSync(await again.require('ledger'), 'utf8')).toBe('new ledger');
    expect(readFileSync(again.path('events'), 'utf8')).toBe('whole!');
    await again.close();
    expect(readdirSync(dir).sort()).toEqual(['events.parquet', 'ledger.json', 'run.json']);
  });
});

describe('the lock', () => {
  const lockWith = (content: unknown) => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'run.lock'), typeof content === 'string' ? content : JSON.stringify(content));
  };
  const since = '2026-01-01T00:00:00.000Z';

  it('keeps a second writer out, not a reader', async () => {
    const run = await RunFolder.open(dir, { create: true });
    await expect(RunFolder.open(dir)).rejects.toThrow(`in use by process ${process.pid}`);
    await RunFolder.open(dir, { readOnly: true });
    await run.close();
    await (await RunFolder.open(dir)).close();
  });

  it('of a dead process is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    lockWith({ pid, started: 'x', host: hostname(), since });
    await (await RunFolder.open(dir, { create: true })).close();
    expect(existsSync(join(dir, 'run.lock'))).toBe(false);
  });

  it('of a process whose number was given to another is taken over', async () => {
    lockWith({ ...self(), started: process.platform === 'linux' ? 'earlier-boot:1' : '1', host: hostname(), since });
    await (await RunFolder.open(dir, { create: true })).close();
  });

  it('of another machine is respected, and the way out is told', async () => {
    lockWith({ pid: 1, started: '1', host: 'elsewhere', since });
    await expect(RunFolder.open(dir, { create: true })).rejects.toThrow(/on elsewhere.*delete .*run\.lock/);
  });

  it('that was left empty by a kill is taken over', async () => {
    lockWith('');
    await (await RunFolder.open(dir, { create: true })).close();
  });

  it('goes to one of many that want it', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    lockWith({ pid, started: 'x', host: hostname(), since });
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => RunFolder.open(dir, { create: true })));
    const winners = tries.filter((attempt) => attempt.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    await winners[0].value.close();
  });
});

describe('settings', () => {
  it('are remembered for later commands', async () => {
    const run = await RunFolder.open(dir, { create: true });
    expect(run.settings).toEqual({});
    await run.remember({ seed: 7, drain: { depth: 5 } });
    await run.close();
    expect((await RunFolder.open(dir, { readOnly: true })).settings).toEqual({ seed: 7, drain: { depth: 5 } });
  });
});
