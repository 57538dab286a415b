import { createHash, timingSafeEqual } from 'node:crypto';
import { parseAddress } from '@keywright/verifier';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import { isLoopbackAddress } from '../domain/loopback.ts';
import type { HttpContext } from './api-route.ts';
import { bringsBearer, readBearer } from './caller.ts';

/** Any of these says that somebody else stands behind the peer. */
const forwardingHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
] as const;

/** Adds `GET /metrics`: for a scraper on loopback, or with the metrics token as bearer. */
export function addMetricsRoute(app: FastifyInstance, http: HttpContext): void {
  const { metrics, metricsToken } = http.options;
  app.get('/metrics', { schema: { hide: true }, config: { access: 'bearer' } }, async (request, reply) => {
    if (bringsBearer(request)) requireToken(request, metricsToken);
    else if (!isOnLoopback(request)) refuseRemote(metricsToken);
    reply.type(metrics.contentType);
    return metrics.render();
  });
}

function requireToken(request: FastifyRequest, metricsToken: string | undefined): void {
  const given = readBearer(request);
  if (metricsToken === undefined || !timingSafeEqual(digest(given), digest(metricsToken))) {
    throw new Refusal('InvalidToken', { reason: 'not the metrics token' });
  }
}

function refuseRemote(metricsToken: string | undefined): never {
  if (metricsToken === undefined) {
    throw new Refusal('Forbidden', { message: 'Metrics are for loopback alone', reason: 'metrics from elsewhere' });
  }
  throw new Refusal('InvalidToken', { message: 'The metrics token is needed', reason: 'metrics without a token' });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Whether the request comes from this machine; what a proxy on this machine passes on does not. */
function isOnLoopback(request: FastifyRequest): boolean {
  const peer = parseAddress(request.socket.remoteAddress ?? '');
  if (peer === undefined || !isLoopbackAddress(peer)) return false;
  return forwardingHeaders.every((name) => request.headers[name] === undefined);
}
