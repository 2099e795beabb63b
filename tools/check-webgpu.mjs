// The engine webgpu through a Vulkan driver in software, SwiftShader's, which comes with Debian's chromium: small
// models have the losses, scores and trained parameters of the engine onnx, memory stays flat where the parameters are on
// the device, and the benchmark for GPUs runs. Exit code 77 where chromium isn't installed.   node tools/check-webgpu.mjs
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHROMIUM = '/usr/lib/chromium';
const driver = join(CHROMIUM, 'vk_swiftshader_icd.json');
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

if (existsSync(driver)) {
  // The driver's folder holds the Vulkan loader too.
  const env = { ...process.env, VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: CHROMIUM };
  const run = (script, args, options = { stdio: 'inherit' }) =>
    execFileSync(process.execPath, [path(script), ...args], { env, encoding: 'utf8', ...options });
  run('engineParity.mjs', [path('../dist'), 'webgpu', '1e-4', '2']);
  // Without the release of what a step replaces, 43 MB.
  run('../bench/run.mjs', ['memory', '--engine', 'webgpu', '--steps', '100', '--most-growth', '25']);
  const table = run('../bench/run.mjs', ['gpu', '--small', '--engines', 'webgpu', '--rounds', '3'], {});
  if (!/webgpu: training step \d/.test(table)) throw new Error(`npm run bench gpu measured nothing:\n${table}`);
  console.log('ok   npm run bench gpu measures webgpu');
} else {
  console.log(`SKIPPED: no ${driver}; Debian's package chromium has it`);
  process.exitCode = 77;
}
