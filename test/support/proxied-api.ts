import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came of a request through a proxy, and whether the API behind it answered. */
export interface Passed {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered, of which each test says what it expects
  readonly json: any;
  /** What the API was sent; undefined where it was not asked. */
  readonly seen: { method: string; url: string; headers: IncomingHttpHeaders; body: string } | undefined;
}

/** What a request has beside its method and its path. */
export interface Sent {
  readonly bearer?: string | undefined;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** From which address of this machine. */
  readonly from?: string;
}

/** An API that answers with what it was sent; at `/fails` with a failure of its own. */
export interface ProxiedApi {
  readonly url: string;
  close(): void;
}

export async function startProxiedApi(): Promise<ProxiedApi> {
  const server = createServer(async (incoming, answer) => {
    let body = '';
    for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
    const { method, url, headers } = incoming;
    answer.writeHead(url === '/fails' ? 500 : 200, { 'content-type': 'application/json', 'x-served-by': 'api' });
    answer.end(JSON.stringify({ method, url, headers, body }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Sends a request to a proxy, its path as it is written. */
export function sendThrough(proxyUrl: string, method: string, path: string, sent: Sent = {}): Promise<Passed> {
  const { bearer, body, from } = sent;
  const headers = {
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
    ...sent.headers,
  };
  const options = { method, path, headers, agent: false, ...(from === undefined ? {} : { localAddress: from }) };
  return new Promise((resolve, reject) => {
    const asking = request(proxyUrl, options as object, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        // It never ends, and what there is arrives at once, or the proxy holds it back.
        if (answer.headers['content-type'] === 'text/event-stream') answer.destroy();
      });
      answer.on('close', () => {
        const json = parse(Buffer.concat(chunks).toString());
        const seen = answer.headers['x-served-by'] === 'api' ? json : undefined;
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, json, seen });
      });
    });
    asking.on('error', reject).end(body);
  });
}

function parse(text: string): Passed['json'] {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
