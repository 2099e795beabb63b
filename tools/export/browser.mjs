import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { chromium } from '../environments.mjs';

const require = createRequire(import.meta.url);
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/**
 * Opens a page in headless Chromium and waits for what it sends to /results.
 * @param files content or path by URL path; `/model/` is a folder; TensorFlow.js stands at /tf.min.js
 * @throws Unavailable where there is no Chromium
 */
export async function inBrowser(page, files, { query = '', seconds = 300 } = {}) {
  const executable = chromium();
  let settle;
  const results = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  const server = createServer((request, response) => {
    if (request.method === 'POST') return receive(request, response, settle.resolve);
    const path = new URL(request.url, 'http://localhost').pathname;
    try {
      const content = path === '/' ? readFileSync(page) : contentOf(path, files);
      response.writeHead(200, {
        'content-type': TYPES[path === '/' ? '.html' : extname(path)] ?? 'application/octet-stream',
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const profile = mkdtempSync(join(tmpdir(), 'logbert-chromium-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
  const url = `http://127.0.0.1:${server.address().port}/${query}`;
  // A group of its own: the browser's helper processes end with it, and none writes into the profile any more.
  const browser = spawn(executable, [...flags, url], { stdio: 'ignore', detached: true });
  const late = new AbortController();
  setTimeout(seconds * 1000, undefined, { signal: late.signal }).then(
    () => settle.reject(new Error(`The browser sent nothing within ${seconds} s.`)),
    () => {},
  );
  browser.once('exit', (code) => settle.reject(new Error(`The browser ended with code ${code}.`)));
  try {
    const found = await results;
    if (found.error) throw new Error(`In the browser: ${found.error}`);
    return found;
  } finally {
    late.abort();
    await endGroup(browser);
    server.close();
    server.closeAllConnections();
    await removed(profile);
  }
}

async function endGroup(leader) {
  leader.removeAllListeners('exit');
  const ended = leader.exitCode === null && leader.signalCode === null && once(leader, 'exit');
  try {
    process.kill(-leader.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
  await ended;
}

/** A helper that is still dying may write once more: `rmSync` retries `rmdir` without looking for new files. */
async function removed(folder) {
  for (let attempt = 1; ; attempt++) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (attempt === 20) throw error;
      await setTimeout(250);
    }
  }
}

function contentOf(path, files) {
  if (path.startsWith('/model/')) return readFileSync(join(files['/model/'], path.slice(7)));
  if (files[path] !== undefined) return files[path];
  const wasm = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  if (path === '/tf.min.js') return readFileSync(join(dirname(require.resolve('@tensorflow/tfjs')), 'tf.min.js'));
  if (path === '/tf-backend-wasm.min.js') return readFileSync(join(wasm, 'tf-backend-wasm.min.js'));
  if (/^\/tfjs-backend-wasm[\w-]*\.wasm$/.test(path)) return readFileSync(join(wasm, path.slice(1)));
  throw new Error(path);
}

async function receive(request, response, resolve) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  response.end();
  resolve(JSON.parse(Buffer.concat(chunks).toString()));
}
