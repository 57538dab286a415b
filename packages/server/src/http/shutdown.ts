import type { FastifyInstance } from 'fastify';

// A connection falls idle when its answer has gone out, and nobody but us closes it then.
const idleCheckMs = 100;

/**
 * Makes `close()` end: requests in flight are answered and told that the connection closes; connections without one
 * are closed; what is still open when the time is up is cut off.
 *
 * @param graceSeconds how long requests in flight may take
 * @returns whether the server is closing
 */
export function closeGracefully(app: FastifyInstance, graceSeconds: number): () => boolean {
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    const idleCheck = setInterval(() => app.server.closeIdleConnections(), idleCheckMs);
    const deadline = setTimeout(() => app.server.closeAllConnections(), graceSeconds * 1000);
    app.server.once('close', () => {
      clearInterval(idleCheck);
      clearTimeout(deadline);
    });
    done();
  });
  return () => closing;
}
