import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { logbert, type Outcome, scratch, waitFor } from './logbert.js';

// Windows has no signals to send: there these are tried by hand.
const posix = describe.skipIf(process.platform === 'win32');

const dir = scratch();
const log = join(dir, 'good.log');
const labels = join(dir, 'good_label.csv');
const config = join(dir, 'small.yaml');
const SMALL = `
input: {files: ['${log}'], labels: '${labels}'}
model: {hidden: 16, layers: 1, heads: 2, feedForward: 16}
train: {epochs: 6, patience: 6, warmup: 10, learningRate: 0.01}
engine: {name: onnx, threads: 1}
`;

async function ok(args: string[], env?: Record<string, string>): Promise<Outcome> {
  const outcome = await logbert(args, { env });
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  return outcome;
}

/** What a process must not leave, and a kill leaves to the next command. */
function leftovers(run: string): string[] {
  return readdirSync(run).filter((name) => name.startsWith('.tmp-') || name === 'run.lock');
}

/** Hash of the tensors of the trained model; the header before them tells how long the training took. */
function tensors(run: string): string {
  const file = readFileSync(join(run, 'model.safetensors'));
  return createHash('sha256')
    .update(file.subarray(8 + Number(file.readBigUInt64LE(0))))
    .digest('hex');
}

/** Runs a command until `ready` and sends it a signal. */
async function signalled(
  args: string[],
  signal: NodeJS.Signals,
  ready: (told: string) => boolean,
  env?: Record<string, string>,
): Promise<Outcome> {
  let told = '';
  let ended = false;
  const send = async (child: ChildProcess) => {
    child.stderr?.on('data', (chunk) => {
      told += chunk;
    });
    await waitFor(() => ended || ready(told));
    child.kill(signal);
  };
  let sent: Promise<void> | undefined;
  const outcome = await logbert(args, {
    env,
    keepInputOpen: true,
    onStart: (child) => {
      sent = send(child);
    },
  });
  ended = true;
  await sent;
  return outcome;
}

beforeAll(async () => {
  writeFileSync(config, SMALL);
  await ok(['generate', log, '--labels', labels, '--sessions', '150', '--anomaly-rate', '0.1']);
}, 60_000);

posix('parse, in the middle', () => {
  const middle = (run: string) => () =>
    existsSync(run) && leftovers(run).some((name) => /^\.tmp-.*(?<!run\.json)$/.test(name));

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('of %s says what is left and what to run next', async (signal, code) => {
    const run = join(dir, `parse-${signal}`);
    const outcome = await signalled(['parse', '-', '--run', run], signal, middle(run));
    expect(outcome.code).toBe(code);
    expect(outcome.stderr.trim().split('\n').at(-1)).toBe(
      `Interrupted: ${run} keeps what was finished. Next: logbert parse - --run ${run}`,
    );
    expect(leftovers(run)).not.toContain('run.lock');
    const next = await logbert(['sessions', '--run', run]);
    expect(next).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Error: No \w+ in .*\nNext: logbert parse --run/m),
    });
    // A file that was about to be opened when the signal came can appear behind the sweep: the next command takes it away.
    expect(leftovers(run)).toEqual([]);
  });

  it('of kill -9 leaves a state that the next command mends', async () => {
    const run = join(dir, 'parse-killed');
    await ok(['parse', log, '--run', run]);
    const before = readFileSync(join(run, 'run.json'), 'utf8');
    const outcome = await signalled(['parse', '-', '--run', run], 'SIGKILL', middle(run));
    expect(outcome.signal).toBe('SIGKILL');
    expect(leftovers(run).length).toBeGreaterThan(1);
    // What an earlier parse has made is as good as it was.
    expect(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).artefacts).toEqual(JSON.parse(before).artefacts);
    await ok(['sessions', '--run', run, '--labels', labels]);
    expect(leftovers(run)).toEqual([]);
  });
});

posix('fit of a pipe, in the middle', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('of %s leaves no copy of the log behind', async (signal, code) => {
    const tmp = join(dir, `tmp-${signal}`);
    mkdirSync(tmp);
    const copied = () => readdirSync(tmp).length > 0;
    const outcome = await signalled(['fit', '-', '--bundle', join(dir, 'fit.zip')], signal, copied, { TMPDIR: tmp });
    expect(outcome.code).toBe(code);
    expect(readdirSync(tmp)).toEqual([]);
  });
});

/** LOGBERT_TEST_KILLS=20 npx vitest run test/cli/interrupt.test.ts */
const KILLS = Number(process.env.LOGBERT_TEST_KILLS ?? 2);

posix(`parse, killed at ${KILLS} random points`, () => {
  const ARTEFACTS = ['events.parquet', 'ledger.json', 'lines.zlines', 'parser.json', 'rejected.log', 'templates.csv'];
  const bytesOf = (run: string) => ARTEFACTS.map((name) => readFileSync(join(run, name)).toString('base64'));

  it('and run again gives the bytes of an undisturbed run', async () => {
    const random = new Random(1, 'kills');
    const long = join(dir, 'long.log');
    writeFileSync(long, readFileSync(log, 'utf8').repeat(20));
    const whole = join(dir, 'undisturbed');
    const started = performance.now();
    await ok(['parse', long, '--run', whole]);
    const duration = performance.now() - started;
    const expected = bytesOf(whole);
    for (let kill = 0; kill < KILLS; kill++) {
      // Each folder twice: without and with an earlier result.
      const run = join(dir, `disturbed-${kill >> 1}`);
      const delay = random.next() * duration;
      await logbert(['parse', long, '--run', run], {
        onStart: (child) => setTimeout(() => child.kill('SIGKILL'), delay),
      });
      await ok(['parse', long, '--run', run]);
      expect(bytesOf(run)).toEqual(expected);
      expect(leftovers(run)).toEqual([]);
    }
  }, 300_000);
});

posix('train, in the middle', () => {
  const afterEpoch2 = (told: string) => /epoch 2\/6: \d/.test(told);
  let whole: string;

  async function prepared(name: string): Promise<string> {
    const run = join(dir, name);
    for (const stage of [['parse', '--config', config], ['sessions'], ['vocab']]) await ok([...stage, '--run', run]);
    return run;
  }

  beforeAll(async () => {
    const run = await prepared('train-whole');
    await ok(['train', '--run', run, '--engine', 'onnx', '--threads', '1']);
    whole = tensors(run);
  }, 60_000);

  it('of Ctrl-C keeps the finished epochs, and --resume comes to the same model', async () => {
    const run = await prepared('train-interrupted');
    const outcome = await signalled(
      ['train', '--run', run, '--engine', 'onnx', '--threads', '1'],
      'SIGINT',
      afterEpoch2,
    );
    expect(outcome.code).toBe(130);
    expect(outcome.stderr.trim().split('\n').at(-1)).toBe(
      `Interrupted: ${run} keeps what was finished. Next: logbert train --resume --run ${run}`,
    );
    expect(leftovers(run)).not.toContain('run.lock');
    const { stderr } = await ok(['train', '--resume', '--run', run, '--engine', 'onnx', '--threads', '1']);
    expect(stderr).not.toMatch(/epoch 1\/6/);
    expect(tensors(run)).toBe(whole);
    expect(leftovers(run)).toEqual([]);
  });

  it('of kill -9 keeps them too: predict names the command, and run goes on', async () => {
    const run = await prepared('train-killed');
    const outcome = await signalled(
      ['train', '--run', run, '--engine', 'onnx', '--threads', '1'],
      'SIGKILL',
      afterEpoch2,
    );
    expect(outcome.signal).toBe('SIGKILL');
    const predict = await logbert(['predict', '--run', run]);
    expect(predict.code).toBe(1);
    expect(predict.stderr).toMatch(/^Error: No trained model in .*\nNext: logbert train --resume --run /m);
    const { stdout, stderr } = await ok(['run', config, '--run', run]);
    expect(stdout).toMatch(/^parse +up to date\nsessions +up to date\nvocab +up to date\ntrain +logbert: 6 epochs/);
    expect(stderr).not.toMatch(/epoch 1\/6/);
    expect(tensors(run)).toBe(whole);
  });
});
