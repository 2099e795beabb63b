import { describe, expect, it } from 'vitest';
import { ENGINE_NAMES } from '../../src/engine/engine.js';
import type { EngineReport } from '../../src/engine/selfTest.js';
import { logbert } from './logbert.js';

describe('logbert engines', () => {
  it('tells of each engine what it is, or why it does not work and what would mend that', async () => {
    const { code, stdout } = await logbert(['engines', '--json']);
    expect(code).toBe(0);
    const { engines, auto } = JSON.parse(stdout) as { engines: EngineReport[]; auto: string };
    expect(engines.map(({ name }) => name)).toEqual(ENGINE_NAMES);
    for (const { name, usable, description, remedy } of engines) {
      expect(description, name).not.toBe('');
      if (!usable) expect(remedy, name).toMatch(/install|rebuild/);
    }
    const works = engines.filter(({ usable }) => usable).map(({ name }) => name);
    expect(works).toEqual(expect.arrayContaining(['onnx', 'wasm', 'cpu']));
    expect(works).toContain(auto);
  });

  it('measures an engine', async () => {
    const { stdout } = await logbert(['engines', 'onnx', '--bench', '--threads', '1']);
    expect(stdout).toMatch(/^onnx +yes +\d+\.\d +ONNX Runtime .* 1 threads$/m);
  });

  it('does not know any other', async () => {
    const { code, stderr } = await logbert(['engines', 'quantum']);
    expect(code).toBe(2);
    expect(stderr).toContain('Expected quantum to be one of');
  });
});
