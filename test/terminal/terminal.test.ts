import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { UsageError, UserError } from '../../src/error.js';
import { failureOf } from '../../src/terminal/failure.js';
import { terminalProgress } from '../../src/terminal/progress.js';
import { hasColour } from '../../src/terminal/style.js';
import { pairs, table } from '../../src/terminal/table.js';
import { cut, duration, grouped, neutral, rate, wrapped } from '../../src/terminal/text.js';

const ESCAPE = String.fromCharCode(27);

describe('text', () => {
  it('shows control characters in place of obeying them', () => {
    expect(neutral(`a${ESCAPE}[31mred\u0007\tb\r\n\u009b2J\u202e`)).toBe(
      'a\\x1b[31mred\\x07 b\\x0d\\x0a\\x9b2J\\u202e',
    );
    expect(neutral('plain text, größer 日本')).toBe('plain text, größer 日本');
  });

  it('writes numbers as people read them', () => {
    expect([grouped(1234567), grouped(12)]).toEqual(['1,234,567', '12']);
    expect([duration(8.24), duration(59.97), duration(200), duration(7500)]).toEqual([
      '8.2 s',
      '1 min 0 s',
      '3 min 20 s',
      '2 h 5 min',
    ]);
    expect([rate(3.14), rate(950), rate(81234), rate(1.4e6)]).toEqual(['3.1/s', '950/s', '81.2k/s', '1.4M/s']);
    expect(cut('abcdef', 4)).toBe('abc…');
  });

  it('is coloured on a terminal only, and not against NO_COLOR', () => {
    expect(hasColour({ isTTY: true }, {})).toBe(true);
    expect(hasColour({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(hasColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(hasColour({ isTTY: false }, {})).toBe(false);
  });

  it('wraps at blanks, and cuts only words that are longer than a line', () => {
    expect(wrapped('key  one two three', 12, 5)).toEqual(['key  one two', '     three']);
    expect(wrapped('key  short', 12, 5)).toEqual(['key  short']);
    expect(wrapped('key  a-very-long-word', 12, 5)).toEqual(['key', '     a-very…']);
  });
});

describe('table', () => {
  it('aligns columns', () => {
    expect(
      table(
        [{ title: 'name' }, { title: 'F1', align: 'right' }],
        [
          ['logbert', '82.31'],
          ['x', '7.00'],
        ],
      ),
    ).toEqual(['name        F1', '-------  -----', 'logbert  82.31', 'x         7.00']);
    expect(
      pairs([
        ['a', 1],
        ['long', 'x'],
      ]),
    ).toEqual(['a     1', 'long  x']);
  });

  it('keeps to the width and neutralises cells', () => {
    const lines = table([{ title: 'text' }, { title: 'n', align: 'right' }], [[`${ESCAPE}[2J${'x'.repeat(200)}`, 12]]);
    expect(Math.max(...lines.map((line) => line.length))).toBe(80);
    expect(lines[2]).toMatch(/^\\x1b\[2Jx+…\s+12$/);
  });
});

describe('progress', () => {
  function stream(isTTY: boolean) {
    const chunks: string[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(String(chunk));
        done();
      },
    });
    const extra = { isTTY, columns: 80, cursorTo() {}, moveCursor() {}, clearLine() {}, clearScreenDown() {} };
    return { stream: Object.assign(sink, extra) as unknown as NodeJS.WriteStream, text: () => chunks.join('') };
  }

  it('is a line for a long task when it begins, and one at the end, where there is no terminal', () => {
    vi.useFakeTimers();
    const out = stream(false);
    const progress = terminalProgress(out);
    const long = progress.task('parse', 1000, { unit: 'lines' });
    vi.advanceTimersByTime(1100);
    for (let i = 0; i <= 1000; i++) long.update(i);
    progress.note(`odd${ESCAPE}line`);
    long.finish('31 templates');
    const short = progress.task('short', undefined, { unit: 'bytes' });
    short.update(5120);
    short.finish();
    vi.useRealTimers();
    expect(out.text().replace(/[\d.]+ s/g, 'T')).toBe(
      'parse: 1,000 lines ...\nodd\\x1bline\nparse: T, 31 templates\nshort: 5.1 kB, T\n',
    );
  });

  it('is a bar on a terminal, and leaves a line', async () => {
    const out = stream(true);
    const progress = terminalProgress(out);
    const task = progress.task('parse', 1000);
    task.update(500, 'half');
    await new Promise((resolve) => setTimeout(resolve, 300));
    task.finish('done');
    progress.stop();
    expect(out.text()).toMatch(/parse\s+█{10}░{10}\s+50%.*left.*half/);
    expect(out.text()).toMatch(/parse: [\d.]+ s, done\n/);
  });

  it('says nothing when quiet', () => {
    const out = stream(true);
    const progress = terminalProgress({ ...out, quiet: true });
    progress.task('parse').finish();
    progress.note('x');
    expect(out.text()).toBe('');
  });
});

describe('failures', () => {
  it('tell what to do next and the exit code', () => {
    expect(failureOf(new UserError('m', { next: 'n' }))).toMatchObject({ message: 'm', next: 'n', exitCode: 1 });
    expect(failureOf(new UsageError('m'))).toMatchObject({ exitCode: 2 });
    const parse = Object.assign(new Error('Nonexistent flag: --x\nSee more help with --help'), { oclif: { exit: 2 } });
    expect(failureOf(parse, 'parse')).toEqual({
      message: 'Nonexistent flag: --x',
      next: 'logbert parse --help',
      exitCode: 2,
    });
    const told = (message: string) => failureOf(Object.assign(new Error(message), { oclif: { exit: 2 } }), 'fit');
    expect(told('command fitt:a.log not found')).toMatchObject({
      message: "There is no command 'fitt a.log'.",
      next: 'logbert --help',
    });
    expect(
      told('The following error occurred:\n  Missing required flag format\nSee more help with --help').message,
    ).toBe('Missing required flag format');
  });

  it('translate faults of the system', () => {
    const system = (code: string) => Object.assign(new Error(code), { code, path: '/x' });
    expect(failureOf(system('ENOSPC')).message).toMatch(/The disk is full/);
    expect(failureOf(system('EFBIG')).message).toMatch(/larger than files may be/);
    expect(failureOf(system('EACCES')).message).toBe('Permission denied: /x.');
    expect(failureOf(system('ENOENT')).message).toBe('There is no file /x.');
    expect(failureOf(new TypeError('x is undefined'))).toMatchObject({ exitCode: 1, unexpected: true });
  });
});
