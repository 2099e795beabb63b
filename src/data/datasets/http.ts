import { getProxyForUrl } from 'proxy-from-env';
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 5;

export interface Reply {
  status: number;
  header(name: string): string | undefined;
  body: AsyncIterable<Uint8Array>;
  /** Ends the connection; to be called whether the body was read or not. */
  close(): Promise<void>;
}

/**
 * One GET request, redirections followed, through the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name.
 * @param silenceMs a connection that brings nothing for so long is given up
 */
export async function get(url: string, headers: Record<string, string>, silenceMs: number): Promise<Reply> {
  let target = url;
  for (let redirects = 0; ; redirects++) {
    const dispatcher = dispatcherFor(target, silenceMs);
    const response = await request(target, {
      dispatcher,
      headers: { 'accept-encoding': 'identity', ...headers },
    }).catch(async (error) => {
      await dispatcher.destroy();
      throw error;
    });
    const reply = replyOf(response, dispatcher);
    const location = reply.header('location');
    if (!REDIRECTS.has(reply.status) || location === undefined) return reply;
    await reply.close();
    if (redirects === MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirections`);
    target = new URL(location, target).href;
  }
}

function dispatcherFor(url: string, silenceMs: number): Dispatcher {
  const options = { headersTimeout: silenceMs, bodyTimeout: silenceMs, connect: { timeout: silenceMs } };
  const proxy = getProxyForUrl(url);
  return proxy ? new ProxyAgent({ ...options, uri: proxy }) : new Agent(options);
}

function replyOf({ statusCode, headers, body }: Dispatcher.ResponseData, dispatcher: Dispatcher): Reply {
  // Whoever reads the body meets its faults; where nobody does, they are no news.
  body.on('error', () => {});
  return {
    status: statusCode,
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body,
    close: () => dispatcher.destroy(),
  };
}
