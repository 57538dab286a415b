import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { call, type HttpAnswer } from '../support/http-call.ts';

const keySetPath = '/.well-known/jwks.json';

/** One address for the key sets of several instances, as a load balancer gives it. */
export interface KeySetAddress {
  readonly url: string;
  /** Every key set that was answered. */
  readonly answers: readonly string[];
  close(): void;
}

/**
 * Answers with the key set of one instance after the other.
 *
 * @param urls those that serve now
 */
export async function startKeySetAddress(urls: () => readonly string[]): Promise<KeySetAddress> {
  const answers: string[] = [];
  let turn = 0;
  const server = createServer(async (_request, response) => {
    turn += 1;
    try {
      const answer = await fetchKeySet(urls()[turn % urls().length] ?? '');
      answers.push(answer.text);
      response.writeHead(answer.status, { 'cache-control': answer.headers['cache-control'] ?? '' }).end(answer.text);
    } catch {
      response.writeHead(502).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${keySetPath}`,
    answers,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Asks one instance for its key set. */
export function fetchKeySet(url: string): Promise<HttpAnswer> {
  return call(new Agent(), url, { method: 'GET', path: keySetPath });
}
