import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A follower's connection to a feed of the test's. */
export interface FeedConnection {
  readonly authorization: string | undefined;
  readonly lastEventId: string | undefined;
  /** Sends a revocation. */
  revoke(id: number, entry: object): void;
  /** Says that everything has been told. */
  current(id: number): void;
  /** Says that the last event's id is not known any more. */
  reset(): void;
  /** Sends a text as it is. */
  write(text: string): void;
  /** Cuts it. */
  cut(): void;
  /** Resolves once the follower has gone. */
  readonly gone: Promise<unknown[]>;
}

/** A revocation feed whose every word the test says. */
export interface FeedServer {
  readonly url: string;
  /** How many connections have been made. */
  readonly connections: number;
  /** The next connection, once it is made. */
  next(): Promise<FeedConnection>;
  /** Answers the next request so, instead of with a feed. */
  answerNext(handler: (request: IncomingMessage, response: ServerResponse) => void): void;
  stop(): Promise<void>;
}

/** An entry's `until`, well ahead of the tests' clock. */
export const until = '2027-06-01T00:00:00.000Z';

/** Starts one on loopback. */
export async function startFeedServer(): Promise<FeedServer> {
  const made: FeedConnection[] = [];
  const waiting: ((connection: FeedConnection) => void)[] = [];
  const answers: ((request: IncomingMessage, response: ServerResponse) => void)[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    connections += 1;
    const answer = answers.shift();
    if (answer !== undefined) {
      answer(request, response);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    const connection = createConnection(request, response);
    const next = waiting.shift();
    if (next === undefined) made.push(connection);
    else next(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/revocation`,
    get connections() {
      return connections;
    },
    next() {
      const connection = made.shift();
      return connection === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(connection);
    },
    answerNext: (handler) => answers.push(handler),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function createConnection(request: IncomingMessage, response: ServerResponse): FeedConnection {
  const { authorization, 'last-event-id': lastEventId } = request.headers;
  const send = (event: string, data: object, id?: number): void => {
    response.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  return {
    authorization,
    lastEventId: lastEventId === undefined ? undefined : String(lastEventId),
    revoke: (id, entry) => send('revocation', entry, id),
    current: (id) => send('current', {}, id),
    reset: () => send('reset', {}),
    write: (text) => response.write(text),
    cut: () => response.destroy(),
    gone: once(response, 'close'),
  };
}
