// Writes oclif.manifest.json, from which help and completion are shown without loading a command. Part of the build.
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Plugin } from '@oclif/core/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const path = `${root}oclif.manifest.json`;
await rm(path, { force: true });
const plugin = new Plugin({ root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
await writeFile(path, `${JSON.stringify(plugin.manifest, null, 2)}\n`);
