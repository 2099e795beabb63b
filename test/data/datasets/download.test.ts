import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { type DownloadOptions, downloadDataset } from '../../../src/data/datasets/download.js';
import { silent } from '../../../src/progress.js';
import { listening, temporaryFolder } from '../support.js';
import { datasetOf, zipOf } from './archives.js';
import { type Answer, listen, serve } from './server.js';

const LOG = Array.from({ length: 5000 }, (_, i) => `line ${i} ${Math.imul(i, 0x9e3779b1)}\n`).join('');
const ARCHIVE = zipOf([{ name: 'sample.log', content: LOG }]);
const OTHER = Buffer.from(ARCHIVE).fill(7, 1000, 2000);
const SAMPLE = datasetOf('sample.zip', ARCHIVE);
const QUICK = { pauseMs: 1, silenceMs: 300, attempts: 3 };

async function download(answers: Answer[], more: Partial<DownloadOptions> = {}) {
  const site = await serve(ARCHIVE, answers);
  const root = more.root ?? temporaryFolder();
  const progress = listening();
  const result = downloadDataset(SAMPLE, { root, mirror: site.url, ...QUICK, ...more }, progress);
  await result.catch(() => {});
  return { ...site, root, result, notes: progress.notes, ranges: site.requests.map(({ range }) => range) };
}

const logOf = (root: string) => readFileSync(join(root, 'sample/logs/sample.log'), 'utf8');

describe('a download', () => {
  test('is checked, unpacked, and not made twice', async () => {
    const { root, result, requests } = await download([{}]);
    const folder = join(root, 'sample/logs');
    const files = [{ path: 'sample.log', bytes: LOG.length }];
    expect(await result).toEqual({ dataset: 'Sample', folder, files, already: false });
    expect(logOf(root)).toBe(LOG);
    expect(readdirSync(join(root, 'sample')).sort()).toEqual(['logs', 'sample.zip']);
    expect(await downloadDataset(SAMPLE, { root, mirror: 'http://127.0.0.1:9' }, silent)).toMatchObject({
      already: true,
    });
    expect(requests.length).toBe(1);
  });

  test('that is cut goes on where it was', async () => {
    const { root, result, ranges, requests } = await download([
      { cutAfter: 1000, etag: '"a"' },
      { cutAfter: 500, etag: '"a"' },
      { etag: '"a"' },
    ]);
    await result;
    expect(logOf(root)).toBe(LOG);
    expect(ranges).toEqual([undefined, 'bytes=1000-', 'bytes=1500-']);
    expect(requests[2]['if-range']).toBe('"a"');
  });

  test('is cut as often as it may be while each attempt brings something', async () => {
    const { root, result } = await download([...new Array(20).fill({ cutAfter: 100 }), {}]);
    await result;
    expect(logOf(root)).toBe(LOG);
  });

  test('begins anew where the server ignores Range', async () => {
    const { root, result, ranges } = await download([{ cutAfter: 1000 }, { ignoreRange: true }]);
    await result;
    expect(ranges).toEqual([undefined, 'bytes=1000-']);
    expect(logOf(root)).toBe(LOG);
  });

  test('begins anew where the file has changed', async () => {
    const { root, result, ranges } = await download([
      { content: OTHER, cutAfter: 1500, etag: '"old"' },
      { etag: '"new"' },
    ]);
    await result;
    expect(ranges).toEqual([undefined, 'bytes=1500-']);
    expect(logOf(root)).toBe(LOG);
  });

  test('notices a changed file where the server ignores If-Range', async () => {
    const { root, result, ranges, notes } = await download([
      { content: OTHER, cutAfter: 1500, etag: '"old"' },
      { etag: '"new"', ignoreIfRange: true },
    ]);
    await result;
    expect(ranges).toEqual([undefined, 'bytes=1500-', undefined]);
    expect(notes[1]).toContain('the server has changed it');
    expect(logOf(root)).toBe(LOG);
  });

  test('survives lies about lengths', async () => {
    const longer = await download([{ length: ARCHIVE.length + 10 }, {}]);
    await longer.result;
    expect(logOf(longer.root)).toBe(LOG);
    const shorter = await download([{ length: 700 }, {}]);
    await shorter.result;
    expect(logOf(shorter.root)).toBe(LOG);
    expect(shorter.ranges).toContain('bytes=700-');
  });

  test('survives a server that falls silent, is busy, or is not there for a while', async () => {
    const { root, result, notes } = await download([
      { silentAfter: 800 },
      { status: 503, headers: { 'retry-after': '0.001' } },
      {},
    ]);
    await result;
    expect(logOf(root)).toBe(LOG);
    expect(notes[1]).toContain('the server answers 503');
  });

  test('of wrong bytes is refused, after a second try, and nothing of it is kept', async () => {
    const { root, result, requests } = await download([{ content: OTHER }]);
    await expect(result).rejects.toThrow(/isn't sample.zip .*its sha256 is [0-9a-f]{64}, not [0-9a-f]{64}.*--file/);
    expect(requests.length).toBe(2);
    expect(readdirSync(join(root, 'sample'))).toEqual([]);
  });

  test('of more bytes than there should be stops there', async () => {
    const { result } = await download([{ content: Buffer.concat([ARCHIVE, ARCHIVE]) }]);
    await expect(result).rejects.toThrow(/sends more than the .* that it has/);
  });

  test('that the server refuses is not asked for again', async () => {
    const { result, requests } = await download([{ status: 404 }]);
    await expect(result).rejects.toThrow(/refuses .*sample.zip with 404.*--mirror URL/);
    expect(requests.length).toBe(1);
  });

  test('that fails keeps what it has for the next command', async () => {
    const first = await download([{ cutAfter: 900 }, { status: 500 }]);
    await expect(first.result).rejects.toThrow(/answers 500. 900 bytes of .* are kept; the same command goes on/);
    const second = await download([{}], { root: first.root });
    await second.result;
    expect(second.ranges).toEqual(['bytes=900-']);
    expect(logOf(first.root)).toBe(LOG);
  });

  test('that nobody answers says so', async () => {
    const result = downloadDataset(SAMPLE, { root: temporaryFolder(), mirror: 'http://127.0.0.1:9', ...QUICK }, silent);
    await expect(result).rejects.toThrow(/can't be fetched: .*ECONNREFUSED.*0 bytes of/);
  });

  test('follows redirections', async () => {
    const target = await serve(ARCHIVE);
    const { root, result } = await download([{ status: 302, headers: { location: `${target.url}/elsewhere` } }]);
    await result;
    expect(logOf(root)).toBe(LOG);
  });

  test('goes through the proxy of the environment', async () => {
    const tunnels: string[] = [];
    const proxy = createServer().on('connect', ({ url }: { url: string }, client: Socket) => {
      tunnels.push(url);
      const [host, port] = url.split(':');
      const upstream = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
    });
    const site = await serve(ARCHIVE);
    vi.stubEnv('http_proxy', await listen(proxy));
    vi.stubEnv('no_proxy', '');
    vi.stubEnv('NO_PROXY', '');
    try {
      const root = temporaryFolder();
      await downloadDataset(SAMPLE, { root, mirror: site.url, ...QUICK }, silent);
      expect(tunnels).toEqual([site.url.replace('http://', '')]);
      expect(logOf(root)).toBe(LOG);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('an archive', () => {
  test('that is here already is checked and used', async () => {
    const dir = temporaryFolder();
    const [right, wrong, short] = ['right.zip', 'wrong.zip', 'short.zip'].map((name) => join(dir, name));
    writeFileSync(right, ARCHIVE);
    writeFileSync(wrong, OTHER);
    writeFileSync(short, 'too short');
    await downloadDataset(SAMPLE, { root: dir, file: right }, silent);
    expect(logOf(dir)).toBe(LOG);
    expect(existsSync(join(dir, 'sample/sample.zip'))).toBe(false);
    const again = (file: string) => downloadDataset(SAMPLE, { root: temporaryFolder(), file }, silent);
    await expect(again(wrong)).rejects.toThrow(/wrong.zip isn't sample.zip: expected sha256/);
    await expect(again(short)).rejects.toThrow(/expected \d+ bytes, found 9/);
    await expect(again(join(dir, 'none'))).rejects.toThrow(/There is no file/);
  });

  test('that was changed since it was fetched is fetched again', async () => {
    const root = temporaryFolder();
    await (await download([{}], { root, limitLines: 3 })).result;
    writeFileSync(join(root, 'sample/sample.zip'), OTHER);
    const { result, notes } = await download([{}], { root });
    await result;
    expect(notes[0]).toContain('has changed');
    expect(logOf(root)).toBe(LOG);
    expect(readFileSync(join(root, 'sample/first-3/sample.log'), 'utf8')).toBe(
      LOG.split('\n', 3).join('\n').concat('\n'),
    );
  });

  test('that the disk has no room for is not fetched', async () => {
    const site = await serve(ARCHIVE);
    const huge = { ...SAMPLE, unpackedBytes: 1e18 };
    const result = downloadDataset(huge, { root: temporaryFolder(), mirror: site.url }, silent);
    await expect(result).rejects.toThrow(/needs about 1000000.0 TB of space, but its disk has .* free/);
    expect(site.requests).toEqual([]);
  });

  test('that was half unpacked when its process died is unpacked anew', async () => {
    const { root, result } = await download([{}], { limitLines: 1 });
    await result;
    const left = join(root, 'sample/.tmp-00ff00ff00ff-logs');
    writeFileSync(left, 'half');
    await (await download([{}], { root })).result;
    expect(existsSync(left)).toBe(false);
    expect(logOf(root)).toBe(LOG);
  });
});
