import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ARTEFACTS } from '../../src/run/artefacts.js';

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'experiments/README.md',
  ...readdirSync('datasets', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('datasets', file)),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];
const text = (page: string) => readFileSync(page, 'utf8');
const matches = (page: string, pattern: RegExp) => Array.from(text(page).matchAll(pattern), ([, found]) => found);

const { scripts, files } = JSON.parse(text('package.json'));
const commandFiles = readdirSync('src/commands', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const commands = [...commandFiles.map((file) => file.replace(/([\\/].*)?\.ts$|[\\/].*/, '')), 'autocomplete'];
const sources = [
  ...commandFiles.map((file) => text(join('src/commands', file))),
  // Flags that several commands share.
  text('src/terminal/findingCommand.ts'),
];

/** Every flag that some command takes. */
const flags = new Set([
  ...['help', 'version', 'json', 'config'],
  ...sources.flatMap((source) => Array.from(source.matchAll(/^ {2,4}'?([a-z-]+)'?: Flags\./gm), ([, name]) => name)),
  ...sources.flatMap((source) =>
    Array.from(source.matchAll(/settingFlags\(([^)]*)\)/g)).flatMap(([, names]) =>
      Array.from(names.matchAll(/'([\w-]+)'/g), ([, name]) => name),
    ),
  ),
  ...['run', 'seed', 'log-level', 'no-keep-lines'],
]);

describe.each(pages)('%s', (page) => {
  it('names only commands that are there', () => {
    // At the start of a line of code, or of a piece of code in the text.
    const named = matches(page, /(?:^(?:npx )?|`(?:npx )?)logbert ([a-z][a-z-]+)/gm);
    expect(named.filter((name) => !commands.includes(name))).toEqual([]);
  });

  it('names only flags that are there', () => {
    const lines = Array.from(text(page).matchAll(/logbert [a-z]+[^`\n]*/g), ([line]) => line);
    const named = lines.flatMap((line) => Array.from(line.matchAll(/ --([a-z-]+)/g), ([, name]) => name));
    expect(named.filter((name) => !flags.has(name))).toEqual([]);
  });

  it('names only scripts that are there', () => {
    const named = matches(page, /npm run ([\w:-]+)/g);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('links to what is there', () => {
    const links = matches(page, /\]\((?!https?:|#)([^)#\s]+)/g);
    expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });

  it('links to headings that are there', () => {
    const links = Array.from(text(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)]+)\)/g));
    const missing = links.filter(([, file, anchor]) => {
      return !anchors(file === '' ? page : join(dirname(page), file)).includes(anchor);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  it('names only files of this repository that are there', () => {
    const named = matches(page, /`((?:src|test|docs|experiments|examples|datasets|tools|bench|bin)\/[\w./-]*)`/g);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });
});

it('README.md tells of every command', () => {
  const told = matches('README.md', /`logbert ([a-z]+)/g);
  expect(commands.filter((name) => !told.includes(name))).toEqual([]);
});

it('docs/run-folder.md tells of every file of a run', () => {
  const told = matches('docs/run-folder.md', /`([\w-]+\.\w+)`/g);
  const files = Object.values(ARTEFACTS).map(({ file }) => file);
  expect(files.filter((file) => !told.includes(file))).toEqual([]);
});

it('the package holds what it says', () => {
  expect(files.filter((file: string) => !/[*]|^dist$|manifest/.test(file) && !existsSync(file))).toEqual([]);
});

/** A heading as GitHub links to it. */
function anchors(page: string): string[] {
  return Array.from(text(page).matchAll(/^#+ (.+)$/gm), ([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
