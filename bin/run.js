#!/usr/bin/env node
import { run } from '@oclif/core/run';
import { settings } from '@oclif/core/settings';

// The package holds compiled code only; without this oclif looks for TypeScript sources when NODE_ENV says so.
settings.enableAutoTranspile = false;

const words = process.argv.slice(2);
const argv = words[0] === 'help' ? [...words.slice(1), '--help'] : words;

async function fail(error) {
  const { tellFailure } = await import('../dist/terminal/failure.js');
  const code = tellFailure(error, argv);
  // What stdout still holds goes first; threads and open streams of the failed command don't hold the process.
  process.stdout.write('', () => process.exit(code));
}

process.on('uncaughtException', fail);
await run(argv, import.meta.url).catch(fail);
