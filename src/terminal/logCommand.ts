import { Flags } from '@oclif/core';
import type { Settings } from '../config/schema.js';
import { BaseCommand } from './baseCommand.js';
import { COMMON, settingsFrom } from './flags.js';
import type { TerminalProgress } from './progress.js';
import { styled } from './style.js';

/** Where `fit` writes and `scan` reads when nobody says otherwise. */
export const DEFAULT_BUNDLE = 'logbert-bundle.zip';

/** Commands on raw logs, without a run folder. */
export abstract class LogCommand extends BaseCommand {
  static override baseFlags = {
    config: Flags.string({ char: 'c', summary: 'YAML file with settings.', helpValue: '<file>', helpGroup: COMMON }),
  } as typeof BaseCommand.baseFlags;

  /** Runs `body` with the settings of flags, environment and `--config`. */
  protected async withSettings<T>(
    flags: Record<string, unknown>,
    body: (settings: Settings, progress: TerminalProgress) => Promise<T>,
  ): Promise<T> {
    const { loadSettings } = await import('../config/settings.js');
    const settings = await loadSettings({ flags: settingsFrom(flags), config: flags.config as string | undefined });
    return this.withProgress('Nothing was written.', (progress) => body(settings, progress));
  }

  /** Prints lines; on a terminal that they don't fit, through a pager. */
  protected async show(lines: readonly string[], paged: boolean): Promise<void> {
    const { isTTY, rows = 24 } = process.stdout;
    if (paged && isTTY && lines.length >= rows && !this.jsonEnabled()) {
      const { spawnSync } = await import('node:child_process');
      const [pager, ...args] = (process.env.PAGER || 'less -FRX').split(' ');
      const { error } = spawnSync(pager, args, {
        input: `${lines.join('\n')}\n`,
        stdio: ['pipe', 'inherit', 'inherit'],
      });
      if (!error) return;
    }
    for (const line of lines) this.log(line);
  }

  /** Columns of the terminal; in a file or a pipe lines are whole. */
  protected get width(): number {
    const { isTTY, columns = 80 } = process.stdout;
    return isTTY ? Math.max(60, Math.min(columns, 160)) : Number.POSITIVE_INFINITY;
  }

  /** Paints text where stdout shows colours. */
  protected readonly paint = (style: Parameters<typeof styled>[0], text: string) => styled(style, text, process.stdout);
}
