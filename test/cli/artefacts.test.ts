import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { logbert, scratch } from './logbert.js';

const dir = scratch();
const [first, second] = [join(dir, 'first'), join(dir, 'second')];
const small = {
  LOGBERT_MODEL_HIDDEN: '16',
  LOGBERT_MODEL_LAYERS: '1',
  LOGBERT_MODEL_HEADS: '2',
  LOGBERT_MODEL_FEED_FORWARD: '16',
};

async function ok(args: string[]): Promise<string> {
  const { code, stderr, stdout } = await logbert(args, { env: small });
  expect(code, stderr).toBe(0);
  return stdout;
}

beforeAll(async () => {
  for (const seed of ['1', '2']) await ok(['generate', join(dir, `${seed}.log`), '--sessions', '120', '--seed', seed]);
  await ok(['parse', join(dir, '1.log'), '--run', first]);
  await ok(['sessions', '--labels', join(dir, '1_label.csv'), '--run', first]);
  await ok(['vocab', '--run', first]);
  await ok(['train', '--run', first, '--epochs', '1']);
  const keys = join(dir, 'keys.txt');
  writeFileSync(keys, '5 5 22\n'.repeat(20));
  await ok(['sessions', '--train-keys', keys, '--test-normal', keys, '--test-abnormal', keys, '--run', second]);
  await ok(['vocab', '--run', second]);
}, 60_000);

describe('a run that somebody has changed', () => {
  it('tells a corrupt checkpoint', async () => {
    const path = join(first, 'model.safetensors');
    const whole = readFileSync(path);
    const corrupt = Buffer.from(whole);
    corrupt[corrupt.length - 5] ^= 1;
    writeFileSync(path, corrupt);
    const { code, stderr } = await logbert(['predict', '--run', first]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Error: .*model\.safetensors is damaged: its content isn't what logbert wrote\.\nNext: logbert train /m,
    );
    writeFileSync(path, whole);
    await ok(['predict', '--run', first]);
  });

  it('tells a vocabulary of another run', async () => {
    const path = join(first, 'vocabulary.json');
    const own = readFileSync(path);
    copyFileSync(join(second, 'vocabulary.json'), path);
    const { code, stderr } = await logbert(['predict', '--run', first]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: .*vocabulary\.json is damaged: .*\nNext: logbert vocab --run /m);
    writeFileSync(path, own);
  });

  it('tells what has become stale, and info shows it', async () => {
    await ok(['parse', join(dir, '2.log'), '--run', first]);
    const { code, stderr } = await logbert(['predict', '--run', first]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Error: .* is stale: events\.parquet has changed since it was made\.\nNext: logbert sessions --run /m,
    );
    const info = JSON.parse(await ok(['info', '--run', first, '--json']));
    expect(info.run.next).toBe(`logbert sessions --run ${first}`);
    const states = Object.fromEntries(
      info.run.artefacts.map(({ name, state }: Record<string, string>) => [name, state]),
    );
    expect(states).toMatchObject({ events: 'fresh', sessions: 'stale', checkpoint: 'stale', result: 'missing' });
  });
});
