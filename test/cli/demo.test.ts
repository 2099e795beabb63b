import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { logbert, scratch } from './logbert.js';

const dir = scratch();

it('the demo goes from nothing to a report, and does nothing twice', { timeout: 180_000 }, async () => {
  const cwd = join(dir, 'anywhere');
  mkdirSync(cwd);
  const { code, stdout, stderr } = await logbert(['demo'], { cwd });
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^logbert +\d/m);
  expect(stdout).toMatch(/^unseen event +/m);
  expect(stdout).toMatch(/^nearest count vector +/m);
  expect(existsSync(join(cwd, 'output/demo/report.html'))).toBe(true);
  const result = JSON.parse(readFileSync(join(cwd, 'output/demo/result.json'), 'utf8'));
  // Measured 0.86, the best baseline 0.55.
  expect(result.result.f1).toBeGreaterThan(0.7);

  const again = await logbert(['demo'], { cwd });
  const stages = again.stdout.split('\n').filter((line) => line.endsWith('up to date'));
  expect(stages).toHaveLength(6);
});
