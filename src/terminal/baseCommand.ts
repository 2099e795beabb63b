import { readFile } from 'node:fs/promises';
import { Command, Flags } from '@oclif/core';
import type { Settings } from '../config/schema.js';
import type { FlagValue } from '../config/settings.js';
import { quoted, type Stage } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import type { Summaries } from '../run/pipeline.js';
import type { Result } from '../score/result.js';
import { COMMON, settingFlags, settingsFrom } from './flags.js';
import type { TerminalProgress } from './progress.js';
import { grouped } from './text.js';

/** What the body of a command works with. */
export interface Context {
  settings: Settings;
  run: RunFolder;
  progress: TerminalProgress;
}

export interface OpenOptions {
  /** Makes the run folder if it isn't there. */
  create?: boolean;
  /** Settings given by arguments. */
  given?: FlagValue[];
  /** The command that goes on after an interruption; by default the same one. */
  resume?: (run: RunFolder) => string | undefined;
}

export interface PipelineOptions extends OpenOptions {
  force?: boolean;
  /** Makes the input, once the run folder is there. */
  prepare?: (run: RunFolder) => Promise<void>;
}

/** Flags, settings, run folder, progress and interruption: what all commands share. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    ...settingFlags('run', 'seed', 'log-level'),
    config: Flags.string({ char: 'c', summary: 'YAML file with settings.', helpValue: '<file>', helpGroup: COMMON }),
  };

  /** Arguments come from the command line alone. oclif takes a missing one from a pipe, which holds a log or belongs to a loop around. */
  protected override parse: Command['parse'] = (options, argv) => {
    for (const arg of Object.values(options?.args ?? {})) arg.ignoreStdin = true;
    return super.parse(options, argv);
  };

  /** Errors are told in one place, by the launcher. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }

  /** Loads the settings, holds the run folder's lock while `body` runs, and remembers the settings in it. */
  protected async inRun<T>(
    flags: Record<string, unknown>,
    options: OpenOptions,
    body: (context: Context) => Promise<T>,
  ): Promise<T> {
    const settings = await this.settings(flags, options.given);
    const [{ RunFolder }, { memorable }, { terminalProgress }, { onInterrupt }] = await Promise.all([
      import('../run/folder.js'),
      import('../config/settings.js'),
      import('./progress.js'),
      import('./interrupt.js'),
    ]);
    const progress = terminalProgress({ quiet: this.jsonEnabled() || settings.log.level === 'quiet' });
    let run: RunFolder | undefined;
    const stopListening = onInterrupt(() => {
      progress.stop();
      const next = (run && options.resume?.(run)) ?? this.sameCommand();
      return `Interrupted: ${settings.run} keeps what was finished. Next: ${next}`;
    });
    try {
      run = await RunFolder.open(settings.run, { create: options.create });
      await run.remember(memorable(settings));
      const debug = settings.log.level === 'debug';
      if (debug) progress.note(`settings: ${JSON.stringify(settings)}`);
      const summary = await body({ settings, run, progress });
      if (debug) progress.note(`peak memory: ${grouped(Math.round(process.resourceUsage().maxRSS / 1024))} MB`);
      return summary;
    } catch (error) {
      await run?.giveUp();
      throw error;
    } finally {
      progress.stop();
      await run?.close();
      stopListening();
    }
  }

  /** Runs one stage and prints its summary. */
  protected async stage<S extends Stage>(
    stage: S,
    flags: Record<string, unknown>,
    options: OpenOptions = {},
  ): Promise<Summaries[S]> {
    return this.inRun(flags, options, async ({ settings, run, progress }) => {
      const { runStage } = await import('../run/pipeline.js');
      const summary = await runStage(stage, settings, run, progress);
      progress.stop();
      const { summaryLines } = await import('./summary.js');
      for (const line of summaryLines(stage, summary, run)) this.log(line);
      return summary;
    });
  }

  /** Runs all stages that aren't fresh, prints a line for each and the result table at the end. */
  protected async pipeline(flags: Record<string, unknown>, options: PipelineOptions) {
    return this.inRun(flags, { create: true, ...options }, async ({ settings, run, progress }) => {
      const [{ runPipeline }, { headline, resultLines }] = await Promise.all([
        import('../run/pipeline.js'),
        import('./summary.js'),
      ]);
      await options.prepare?.(run);
      // What a pipe holds now isn't what it held when the run was made.
      const newInput = settings.input.files.includes('-') && !process.stdin.isTTY;
      const summaries = await runPipeline(settings, run, progress, {
        force: options.force || newInput,
        onEnd: (stage, summary) => {
          progress.stop();
          this.log(headline(stage, summary, run));
        },
      });
      const result: Result = summaries.evaluate ?? JSON.parse(await readFile(await run.require('result'), 'utf8'));
      for (const line of resultLines(result, run)) this.log(line);
      return { ...result, folder: run.dir, stages: summaries };
    });
  }

  protected async settings(
    flags: Record<string, unknown>,
    given: FlagValue[] = [],
  ): Promise<Settings & { run: string }> {
    const { loadSettings } = await import('../config/settings.js');
    const { rememberedSettings } = await import('../run/place.js');
    return loadSettings({
      flags: [...given, ...settingsFrom(flags)],
      config: flags.config as string | undefined,
      remembered: rememberedSettings,
    });
  }

  /** Shows progress while `body` runs, outside of any run folder; `kept` says what an interruption leaves. */
  protected async withProgress<T>(kept: string, body: (progress: TerminalProgress) => Promise<T>): Promise<T> {
    const { terminalProgress } = await import('./progress.js');
    const { onInterrupt } = await import('./interrupt.js');
    const progress = terminalProgress({ quiet: this.jsonEnabled() });
    const stopListening = onInterrupt(() => {
      progress.stop();
      return `Interrupted. ${kept} Next: ${this.sameCommand()}`;
    });
    try {
      return await body(progress);
    } finally {
      progress.stop();
      stopListening();
    }
  }

  /** The folder of data sets: LOGBERT_DATASETS, from the environment or `.env`. */
  protected async datasetsRoot(): Promise<string> {
    const { readDotenv } = await import('../config/settings.js');
    const { datasetsRoot } = await import('../data/datasets/store.js');
    return datasetsRoot({ ...(await readDotenv('.env')), ...process.env });
  }

  /** This command line, as the user would type it again. */
  private sameCommand(): string {
    // Forced again, it would do once more what was finished.
    const argv = this.argv.filter((word) => word !== '--force');
    return [this.config.bin, this.id, ...argv.map(quoted)].join(' ');
  }
}
