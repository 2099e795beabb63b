import { existsSync, rmSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../error.js';
import { ARTEFACTS, type ArtefactName, commandFor } from './artefacts.js';
import { errorCode, explainWrite, flush, isTemporary, replace, temporaryFor } from './atomic.js';
import { canonical, sha256File } from './hash.js';
import { Lock, OTHER_RUN } from './lock.js';
import { type Entry, emptyManifest, type Manifest, readManifest, writeManifest } from './manifest.js';
import { isFolder, makeFolder, noRun, refuseForeign, removeEmpty, unmakeRun } from './place.js';

export type { ArtefactName } from './artefacts.js';

/** Files up to this size are checked by hash when they are read; longer ones by size alone. */
const HASHED_BYTES = 64 << 20;

/** What an artefact was made with. */
export interface Origin {
  from: ArtefactName[];
  /** The part of the settings that it depends on, as plain JSON. */
  settings: unknown;
}

/** Why an artefact can't be used: a sentence for the user, and the artefact whose command mends it. */
export interface Fault {
  message: string;
  mend: ArtefactName;
}

/**
 * A folder that holds one run: artefacts in standard formats, and `run.json`, which records for each its hash, the
 * settings and the hashes of what it was made from. One process writes in it at a time.
 */
export class RunFolder {
  /** What has been written through this object. */
  readonly written = new Set<ArtefactName>();
  private readonly temporaries = new Set<string>();
  private readonly onExit = () => this.abandon();
  /** The settings that the run remembered when it was opened. */
  private before: Record<string, unknown> | undefined;
  /** What this process has made of a new run. */
  private begun: { firstFolder: string | undefined } | undefined;

  private constructor(
    readonly dir: string,
    private manifest: Manifest,
    private readonly lock: Lock | undefined,
  ) {
    if (lock) process.once('exit', this.onExit);
  }

  /**
   * Opens a run folder and takes its lock; `create` makes the folder if need be, `readOnly` takes no lock.
   * Mends what a killed process left: takes its lock over, goes on with its renames and removes its temporary files.
   * @throws UserError when the path isn't a run folder, can't be written or is in use
   */
  static async open(dir: string, options: { create?: boolean; readOnly?: boolean } = {}): Promise<RunFolder> {
    const exists = await isFolder(dir);
    if (!exists && !options.create) throw noRun(dir);
    const firstFolder = exists ? undefined : await makeFolder(dir);
    const found = await readManifest(dir);
    if (!found) await refuseForeign(dir, options.create === true);
    if (options.readOnly) return new RunFolder(dir, found ?? emptyManifest(), undefined);
    const lock = await Lock.acquire(dir);
    try {
      // Read again: another process may have written between our first look and the lock.
      const run = new RunFolder(dir, (await readManifest(dir)) ?? emptyManifest(), lock);
      await run.recover();
      if (found === undefined) await run.begin(firstFolder);
      return run;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Gives the lock back. Safe to call twice. */
  async close(): Promise<void> {
    process.off('exit', this.onExit);
    this.abandon();
  }

  /**
   * Closes the run after a failure. If nothing was written, the settings that led to it aren't remembered, and a new run
   * is taken away again.
   */
  async giveUp(): Promise<void> {
    // The failure itself is what is told, even where this fails too, as on a full disk.
    if (this.written.size === 0 && this.before) await this.remember(this.before).catch(() => {});
    process.off('exit', this.onExit);
    const { begun, manifest } = this;
    const unused = begun !== undefined && !manifest.pending && Object.keys(manifest.artefacts).length === 0;
    this.abandon(() => unused && unmakeRun(this.dir));
    if (unused) removeEmpty(this.dir, begun.firstFolder);
    this.begun = undefined;
  }

  /** The settings of the latest command that wrote here; `{}` in a new run. */
  get settings(): Record<string, unknown> {
    return this.manifest.settings;
  }

  /** Records the settings that later commands start from. */
  async remember(settings: Record<string, unknown>): Promise<void> {
    this.before ??= this.manifest.settings;
    if (canonical(settings) !== canonical(this.manifest.settings)) await this.save({ ...this.manifest, settings });
  }

  /** A path in the run folder for a file of passing use; it is gone when the run is closed or its process ends. */
  temporary(label: string): string {
    const path = temporaryFor(join(this.dir, label));
    this.temporaries.add(path);
    return path;
  }

  /** Writes one artefact: `writer` fills a temporary file, which replaces the old one only when it is whole. */
  write(name: ArtefactName, origin: Origin, writer: (tmpPath: string) => Promise<void>): Promise<void> {
    return this.writeAll([name], origin, (tmp) => writer(tmp(name)));
  }

  /**
   * Writes artefacts that one pass makes: either all of them become current, or none.
   * @throws UserError when the disk is full or an artefact of `from` isn't there
   */
  async writeAll(
    names: ArtefactName[],
    origin: Origin,
    writer: (tmp: (name: ArtefactName) => string) => Promise<void>,
  ): Promise<void> {
    const from = Object.fromEntries(origin.from.map((name) => [name, this.sha256(name)]));
    const paths = new Map(names.map((name) => [name, this.temporary(ARTEFACTS[name].file)]));
    try {
      await writer((name) => pathOf(paths, name));
      const pending: Manifest['pending'] = {};
      for (const [name, path] of paths) {
        pending[name] = { temporary: basename(path), entry: await this.entry(name, path, from, origin) };
      }
      // From here on the manifest speaks for these files: an exit half-way must leave them to the next process.
      for (const path of paths.values()) this.temporaries.delete(path);
      await this.save({ ...this.manifest, pending });
    } catch (error) {
      for (const path of paths.values()) await this.discard(path);
      throw this.concerns(error) ? explainWrite(error, this.path(names[0]), OTHER_RUN) : error;
    }
    await this.commit().catch((error) => rethrow(error, this.path(names[0])));
    for (const name of names) this.written.add(name);
  }

  /** Replaces an artefact by what a person has made of it: what came of it is stale, itself it stays as fresh as it was. */
  async edit(name: ArtefactName, writer: (tmpPath: string) => Promise<void>): Promise<void> {
    const { from, settings } = this.manifest.artefacts[name] as Entry;
    await this.write(name, { from: Object.keys(from) as ArtefactName[], settings }, writer);
  }

  /**
   * Path of a present, whole and fresh artefact.
   * @throws UserError that names the command which makes it
   */
  async require(name: ArtefactName): Promise<string> {
    const fault = await this.fault(name);
    if (fault) throw new UserError(fault.message, { next: await this.nextFor(fault.mend) });
    const entry = this.manifest.artefacts[name];
    if (entry && entry.bytes <= HASHED_BYTES && (await sha256File(this.path(name))) !== entry.sha256) {
      throw new UserError(`${this.path(name)} is damaged: its content isn't what logbert wrote.`, {
        next: commandFor(name, this.dir),
      });
    }
    return this.path(name);
  }

  /** Why an artefact can't be used (missing, cut, made from something that has changed since); undefined if it can. */
  async fault(name: ArtefactName): Promise<Fault | undefined> {
    const entry = this.manifest.artefacts[name];
    const path = this.path(name);
    const { stage, version } = ARTEFACTS[name];
    if (!entry) return { message: `No ${spoken(name)} in ${this.dir}.`, mend: name };
    const bytes = await sizeOf(path);
    if (bytes === undefined) return { message: `${path} is missing.`, mend: name };
    if (entry.version !== version) {
      const message = `${path} was written by another version of logbert (format ${entry.version}, expected ${version}).`;
      return { message, mend: name };
    }
    if (bytes !== entry.bytes) {
      return { message: `${path} is damaged: ${bytes} bytes, but logbert ${stage} wrote ${entry.bytes}.`, mend: name };
    }
    return this.originFault(name, entry);
  }

  private async nextFor(name: ArtefactName): Promise<string> {
    const resume = ARTEFACTS[name].stage === 'train' && (await this.fault('state')) === undefined;
    return commandFor(name, this.dir, { resume });
  }

  /** Whether the manifest records the artefact and its file is there. */
  has(name: ArtefactName): boolean {
    return this.manifest.artefacts[name] !== undefined && existsSync(this.path(name));
  }

  /** Whether an artefact is usable and was made with equal settings. */
  async isFresh(name: ArtefactName, settings: unknown): Promise<boolean> {
    if (await this.fault(name)) return false;
    return canonical(this.manifest.artefacts[name]?.settings ?? null) === canonical(settings ?? null);
  }

  /** The recorded size. */
  bytes(name: ArtefactName): number | undefined {
    return this.manifest.artefacts[name]?.bytes;
  }

  /**
   * The recorded hash.
   * @throws UserError when the run has no such artefact
   */
  sha256(name: ArtefactName): string {
    const entry = this.manifest.artefacts[name];
    if (!entry) throw new UserError(`No ${spoken(name)} in ${this.dir}.`, { next: commandFor(name, this.dir) });
    return entry.sha256;
  }

  /** The part of the settings that an artefact was made with; undefined where the run has none. */
  settingsOf(name: ArtefactName): unknown {
    return this.manifest.artefacts[name]?.settings;
  }

  /** Forgets an artefact and deletes its file. */
  async remove(name: ArtefactName): Promise<void> {
    const { [name]: _removed, ...artefacts } = this.manifest.artefacts;
    await this.save({ ...this.manifest, artefacts });
    await rm(this.path(name), { force: true });
  }

  /** Where an artefact lies, whether it is there or not. */
  path(name: ArtefactName): string {
    return join(this.dir, ARTEFACTS[name].file);
  }

  /** A fault of what an artefact was made from. */
  private async originFault(name: ArtefactName, entry: Entry): Promise<Fault | undefined> {
    for (const [origin, sha256] of Object.entries(entry.from) as [ArtefactName, string][]) {
      const current = this.manifest.artefacts[origin];
      if (current && current.sha256 !== sha256) {
        const message = `${this.path(name)} is stale: ${ARTEFACTS[origin].file} has changed since it was made.`;
        return { message, mend: name };
      }
      const fault = await this.fault(origin);
      if (fault) return { ...fault, message: `${this.path(name)} is stale: ${fault.message}` };
    }
    return undefined;
  }

  private async entry(name: ArtefactName, path: string, from: Record<string, string>, origin: Origin): Promise<Entry> {
    await flush(path);
    const { file, version, stage } = ARTEFACTS[name];
    const { size } = await stat(path);
    const settings = origin.settings ?? null;
    return { file, version, sha256: await sha256File(path), bytes: size, command: `logbert ${stage}`, settings, from };
  }

  /** Whether an error comes from writing here, and not from reading an input elsewhere. */
  private concerns(error: unknown): boolean {
    const { path } = error as { path?: unknown };
    return typeof path !== 'string' || path.startsWith(this.dir);
  }

  private async save(manifest: Manifest): Promise<void> {
    if (!this.lock) throw new Error(`${this.dir} was opened for reading`);
    await writeManifest(this.dir, manifest);
    this.manifest = manifest;
  }

  /** Renames what `pending` names. Can be repeated after a kill at any point of it. */
  private async commit(): Promise<void> {
    const { pending = {}, ...manifest } = this.manifest;
    const artefacts = { ...manifest.artefacts };
    for (const [name, { temporary, entry }] of Object.entries(pending) as [ArtefactName, Pending][]) {
      await replace(join(this.dir, temporary), this.path(name)).catch((error) => {
        if (errorCode(error) !== 'ENOENT') throw error;
      });
      artefacts[name] = entry;
    }
    await this.save({ ...manifest, artefacts });
  }

  private async begin(firstFolder: string | undefined): Promise<void> {
    await this.save(this.manifest);
    this.begun = { firstFolder };
  }

  private async recover(): Promise<void> {
    if (this.manifest.pending) await this.commit();
    for (const file of await readdir(this.dir)) {
      if (isTemporary(file)) await rm(join(this.dir, file), { force: true });
    }
  }

  private async discard(path: string): Promise<void> {
    await rm(path, { force: true });
    this.temporaries.delete(path);
  }

  /** @param last done while the lock is still held */
  private abandon(last = () => {}): void {
    for (const path of this.temporaries) {
      try {
        rmSync(path, { force: true });
      } catch {
        // Windows doesn't delete what is still open; the next command that opens the run does.
      }
    }
    this.temporaries.clear();
    last();
    this.lock?.release();
  }
}

type Pending = NonNullable<NonNullable<Manifest['pending']>[ArtefactName]>;

function pathOf(paths: Map<ArtefactName, string>, name: ArtefactName): string {
  const path = paths.get(name);
  if (path === undefined) throw new Error(`${name} isn't one of the artefacts of this write`);
  return path;
}

/** A file's name without its extension reads best in a sentence: `No vocabulary in output/hdfs`. */
function spoken(name: ArtefactName): string {
  return name === 'checkpoint' ? 'trained model' : ARTEFACTS[name].file.replace(/\.\w+$/, '').replace(/[-_]/g, ' ');
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.size,
    () => undefined,
  );
}

function rethrow(error: unknown, path: string): never {
  throw explainWrite(error, path, OTHER_RUN);
}
