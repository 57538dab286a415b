import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwkOf, type TestKey } from './sign-token.ts';

/** A server of a key set, which counts how often it is asked. */
export interface JwksServer {
  readonly url: string;
  readonly requests: number;
  /** Publishes these keys from now on. */
  publish(...keys: readonly TestKey[]): void;
  /** Answers so from now on. */
  answer(handler: (request: IncomingMessage, response: ServerResponse) => void): void;
  stop(): Promise<void>;
}

/** Starts one on loopback that publishes the keys for five minutes, as the service does. */
export async function startJwksServer(...keys: readonly TestKey[]): Promise<JwksServer> {
  let requests = 0;
  let handle = publishing(keys);
  const server = createServer((request, response) => {
    requests += 1;
    handle(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`,
    get requests() {
      return requests;
    },
    publish(...others) {
      handle = publishing(others);
    },
    answer(handler) {
      handle = handler;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function publishing(keys: readonly TestKey[]): (request: IncomingMessage, response: ServerResponse) => void {
  const body = JSON.stringify({ keys: keys.map(jwkOf) });
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' }).end(body);
  };
}
