import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';

// A connection falls idle when its answer has gone out, and nobody but us closes it then.
const idleCheckMs = 100;
const lingerCheckMs = 10;

/** How a server closes. */
export interface CloseOptions {
  /** How long requests in flight may take. */
  readonly graceSeconds: number;
  /** How long connections go on at most, and new ones are taken, before those that are idle are closed. */
  readonly lingerMs: number;
}

/**
 * Makes `close()` end: requests in flight are answered and told that the connection closes; connections without one
 * are closed; what is still open when the time is up is cut off.
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
    const deadline = setTimeout(() => app.server.closeAllConnections(), graceSeconds * 1000);
    await linger(app.server, lingerMs);
    const idleCheck = setInterval(() => app.server.closeIdleConnections(), idleCheckMs);
    app.server.once('close', () => {
      clearInterval(idleCheck);
      clearTimeout(deadline);
    });
  });
  return () => closing;
}

/** Waits for the time, or until no connection is left; for one turn of the event loop at least. */
async function linger(server: Server, lingerMs: number): Promise<void> {
  const countConnections = promisify(server.getConnections.bind(server));
  const end = performance.now() + lingerMs;
  do {
    await delay(lingerCheckMs);
  } while (performance.now() < end && (await countConnections()) > 0);
}
