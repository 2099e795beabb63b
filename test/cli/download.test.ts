import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listen } from '../data/datasets/server.js';
import { logbert, scratch, waitFor } from './logbert.js';

const dir = scratch();
/** Of the archive Proxifier.tar.gz. */
const BYTES = 172_346;

it('goes on after kill -9 where it was, and refuses what has another hash', async () => {
  const env = { LOGBERT_DATASETS: join(dir, 'killed') };
  const part = join(env.LOGBERT_DATASETS, 'proxifier/Proxifier.tar.gz.part');
  const ranges: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    ranges.push(headers.range);
    const start = Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, { 'content-range': `bytes ${start}-${BYTES - 1}/${BYTES}`, etag: '"1"' });
    // The first request is never answered to its end.
    response.write(Buffer.alloc(ranges.length === 1 ? 50_000 : BYTES - start));
    if (ranges.length > 1) response.end();
  });
  const args = ['download', 'proxifier', '--mirror', await listen(server)];
  const killed = await logbert(args, {
    env,
    onStart: async (child) => {
      await waitFor(() => child.exitCode !== null || statSync(part, { throwIfNoEntry: false })?.size === 50_000);
      child.kill('SIGKILL');
    },
  });
  expect(killed.signal, killed.stderr).toBe('SIGKILL');
  expect((await logbert(['datasets'], { env })).stdout).toMatch(/proxifier .* 29% of archive/);
  const { code, stderr } = await logbert([...args, '--json'], { env });
  expect(code).toBe(1);
  expect(ranges.slice(0, 2)).toEqual([undefined, 'bytes=50000-']);
  expect(stderr).toMatch(/^Error: .*isn't Proxifier.tar.gz \(172346 bytes, .*--file/);
});

it('lists all data sets as JSON', async () => {
  const { stdout } = await logbert(['datasets', '--json'], { env: { LOGBERT_DATASETS: join(dir, 'none') } });
  const { datasets } = JSON.parse(stdout);
  expect(datasets.length).toBe(16);
  expect(datasets[0]).toMatchObject({
    name: 'HDFS',
    bytes: 186_645_559,
    lines: 11_175_629,
    labelled: true,
    licence: expect.stringContaining('research'),
    downloaded: 'no',
  });
});

it('names what is wrong with the command line', async () => {
  const env = { LOGBERT_DATASETS: join(dir, 'wrong') };
  for (const [args, message] of [
    [['hdfs', 'nope'], "There is no data set 'nope'. Known: hdfs, bgl"],
    [['hdfs', '--limit-lines', 'many'], '--limit-lines: expected a whole number above 0, found "many"'],
    [['hdfs', 'bgl', '--file', 'x.zip'], '--file is one archive'],
  ] as const) {
    const { code, stderr } = await logbert(['download', ...args], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  }
});
