import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Site {
  url: string;
  /** Headers of the requests so far. */
  requests: IncomingMessage['headers'][];
}

export interface Answer {
  /** Serves this in place of the content. */
  content?: Buffer;
  status?: number;
  headers?: Record<string, string>;
  /** Cuts the connection after so many bytes of the body. */
  cutAfter?: number;
  /** Says nothing more after so many bytes of the body. */
  silentAfter?: number;
  /** Gives the whole content whatever is asked for. */
  ignoreRange?: boolean;
  /** Pays no heed to If-Range. */
  ignoreIfRange?: boolean;
  etag?: string;
  /** Content-Length, true or not. */
  length?: number;
}

/** A web server with one file; the nth request gets the nth answer, later ones the last. */
export async function serve(content: Buffer, answers: Answer[] = [{}]): Promise<Site> {
  const requests: Site['requests'] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(request.headers);
    reply(request, response, { content, ...answer });
  });
  return { url: await listen(server), requests };
}

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function reply(request: IncomingMessage, response: ServerResponse, answer: Answer & { content: Buffer }): void {
  const { content, status, etag, length, cutAfter, silentAfter, headers = {} } = answer;
  if (status !== undefined) {
    response.writeHead(status, headers).end('no');
    return;
  }
  const start = startOf(request, answer);
  const body = content.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, {
    ...(start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
    ...(etag ? { etag } : {}),
    'content-length': length ?? body.length,
    ...headers,
  });
  const end = cutAfter ?? silentAfter ?? body.length;
  response.write(body.subarray(0, end), () => {
    if (cutAfter !== undefined) response.socket?.destroy();
    else if (silentAfter === undefined) response.end();
  });
}

function startOf({ headers }: IncomingMessage, { ignoreRange, ignoreIfRange, etag }: Answer): number {
  const [, start] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
  const condition = headers['if-range'];
  const changed = condition !== undefined && condition !== etag && !ignoreIfRange;
  return ignoreRange || changed || start === undefined ? 0 : Number(start);
}
