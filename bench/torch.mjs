import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Python of a virtual environment with PyTorch, outside of the project, made once. */
export function pythonWithTorch() {
  const dir = join(tmpdir(), 'logbert-bench-torch');
  const python = join(dir, 'bin', 'python3');
  if (existsSync(python)) return python;
  execFileSync('python3', ['-m', 'venv', dir]);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'torch', 'numpy'], { stdio: 'inherit' });
  return python;
}
