// The engine webgpu through a Vulkan driver in software, SwiftShader's, which comes with Debian's chromium: small
// models have the losses and scores of the engine onnx. Exit code 77 where chromium isn't installed.   node tools/check-webgpu.mjs
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
  const args = [path('engineParity.mjs'), path('../dist'), 'webgpu', '1e-4', '2'];
  execFileSync(process.execPath, args, { env, stdio: 'inherit' });
} else {
  console.log(`SKIPPED: no ${driver}; Debian's package chromium has it`);
  process.exitCode = 77;
}
