// Called by run.mjs: node engine.mjs ENGINE ROUNDS SIZE
import { fileURLToPath } from 'node:url';
import { openEngine } from '../../dist/engine/open.js';
import { logbertStep, medians } from '../logbertStep.mjs';

const [name, rounds, size] = process.argv.slice(2);
const engine = await openEngine(name);
const functions = await logbertStep(fileURLToPath(new URL('../../dist', import.meta.url)), engine, JSON.parse(size));
console.log(JSON.stringify({ description: engine.description, ...(await medians(functions, Number(rounds))) }));
