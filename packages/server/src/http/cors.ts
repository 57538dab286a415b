import type { FastifyReply, FastifyRequest } from 'fastify';

/** Every header of ours that a client reads, and that a browser does not show to pages of other origins by itself. */
const exposedHeaders = [
  'Link',
  'Location',
  'X-Count-Per-Page',
  'X-Current-Page',
  'X-Total-Count',
  'X-Total-Pages',
  'X-Request-Id',
  'Retry-After',
  'WWW-Authenticate',
].join(', ');
const preflightSeconds = 7200;
const sharedPaths = ['/api/', '/oauth2/', '/.well-known/', '/openapi.json'];

/** Sets the headers of cross-origin resource sharing on an answer. */
export type CorsHeaders = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Makes the function that lets the pages of listed origins read our answers: these origins exactly, and never with
 * credentials of the browser's. Undefined where none are listed.
 */
export function createCorsHeaders(origins: readonly string[]): CorsHeaders | undefined {
  if (origins.length === 0) return undefined;
  const listed = new Map(origins.map((origin) => [origin, origin]));
  return (request, reply) => {
    const url = request.raw.url ?? '';
    if (!sharedPaths.some((path) => url.startsWith(path))) return;
    reply.header('vary', 'Origin');
    // Out of the list, not out of the request.
    const origin = listed.get(request.headers.origin ?? '');
    if (origin === undefined) return;
    reply.header('access-control-allow-origin', origin);
    if (isPreflight(request)) {
      const allowed = reply.getHeader('allow');
      if (allowed === undefined) return;
      reply
        .header('access-control-allow-methods', String(allowed))
        .header('access-control-allow-headers', 'Authorization, Content-Type')
        .header('access-control-max-age', preflightSeconds);
    } else {
      reply.header('access-control-expose-headers', exposedHeaders);
    }
  };
}

function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}
