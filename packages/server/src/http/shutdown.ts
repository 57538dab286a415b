import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as ConnectionServer } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';

// A connection falls idle when its answer has gone out, and nobody but us closes it then.
const idleCheckMs = 100;
const lingerCheckMs = 10;
const longestTakeMs = 200;

/** How a server closes. */
export interface CloseOptions {
  /** How long requests in flight may take. */
  readonly graceSeconds: number;
  /** How long connections without a request go on at most, before they are closed. */
  readonly lingerMs: number;
}

/**
 * Makes `close()` end: no connection is taken any more; requests in flight are answered and told that the connection
 * closes; connections without one are closed; what is still open when the time is up is cut off.
 *
 * A connection that looks idle may have a request in it that was not read yet, which would be lost. So whatever has
 * arrived is read first; and whoever is at work on a connection learns within `lingerMs` from an answer that it closes, and
 * sends nothing more.
 *
 * @returns whether the server is closing
 */
export function closeGracefully(app: FastifyInstance, { graceSeconds, lingerMs }: CloseOptions): () => boolean {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
    const { server } = app;
    const closed = once(server, 'close');
    // The HTTP server's own `close`, which the framework calls after this, would close idle connections at once.
    ConnectionServer.prototype.close.call(server);
    const deadline = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
    await linger(server, lingerMs);
    server.closeIdleConnections();
    const idleCheck = setInterval(() => {
      // What has arrived is read between the timers and this.
      setImmediate(() => server.closeIdleConnections());
    }, idleCheckMs);
    await closed;
    clearInterval(idleCheck);
    clearTimeout(deadline);
  });
  return () => closing;
}

/** Waits for the time, or until no connection is left; until what has arrived is read at least. */
async function linger(server: Server, lingerMs: number): Promise<void> {
  const countConnections = promisify(server.getConnections.bind(server));
  const end = performance.now() + lingerMs;
  do {
    await delay(lingerCheckMs);
  } while (performance.now() < end && (await countConnections()) > 0);
  await nextTurn();
}

/**
 * Takes the connections that the system holds ready, of which each turn of the event loop takes one: those that wait when
 * a server stops to listen are reset, with the requests in them.
 */
export async function takeWaitingConnections(server: Server): Promise<void> {
  let hasTaken = true;
  const note = (): void => {
    hasTaken = true;
  };
  server.on('connection', note);
  const end = performance.now() + longestTakeMs;
  while (hasTaken && performance.now() < end) {
    hasTaken = false;
    await nextTurn();
    await nextTurn();
  }
  server.off('connection', note);
}
