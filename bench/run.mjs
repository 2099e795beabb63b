// Runs the benchmark of one folder: npm run bench <name> [-- arguments]
import { existsSync, readdirSync } from 'node:fs';

const [name, ...args] = process.argv.slice(2);
const folder = new URL('./', import.meta.url);
const script = new URL(`${name}/run.mjs`, folder);
if (!name || !existsSync(script)) {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  console.error(
    `Usage: npm run bench <name> [-- arguments], with one of: ${names.map((entry) => entry.name).join(', ')}`,
  );
  process.exit(2);
}
const { main } = await import(script.href);
await main(args);
