import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import type { Caller, Client } from '../domain/service.ts';
import type { RouteMeter } from './metrics.ts';

/** Whom a route answers, and so what may be kept of its answers. */
export type Access = 'bearer' | 'public';

declare module 'fastify' {
  interface FastifyRequest {
    /** Milliseconds since the process began. */
    startedAt: number;
    /** Counts the request; null until a route is found. */
    meter: RouteMeter | null;
    /** What {@link FastifyContextConfig.access} says, once the request has begun. */
    access: Access;
    /** Where the request comes from, once somebody has asked: see client.ts. */
    knownClient: Client | null;
    /** Who is calling, once the bearer is known to be good: see caller.ts. */
    knownCaller: Caller | null;
  }
}

/** Makes room on each request for what is learned about it. */
export function decorateRequests(app: FastifyInstance): void {
  app.decorateRequest('startedAt', 0);
  app.decorateRequest('meter', null);
  app.decorateRequest('access', 'public');
  app.decorateRequest('knownClient', null);
  app.decorateRequest('knownCaller', null);
}

/** Answers of the API are data: a browser that is made to open one shows nothing of it in a page or a frame. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";

/** Sets what every answer carries; pages replace the content security policy by their own. */
function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply
    .header('x-request-id', request.id)
    .header('cache-control', request.access === 'bearer' ? 'private, no-store' : 'no-store')
    .header('content-security-policy', dataPolicy)
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff');
}

/** Begins a request: the clock runs, and the common headers are set. */
export function startRequest(request: FastifyRequest, reply: FastifyReply, meter: RouteMeter, access: Access): void {
  request.startedAt = performance.now();
  request.meter = meter;
  request.access = access;
  setCommonHeaders(request, reply);
}

/**
 * Makes the first hook of a route, which begins the request.
 *
 * It refuses an HTTP/1.1 request without Host (RFC 9112 §3.2), which Node would answer without a body.
 */
export function beginRequest(meter: RouteMeter, access: Access): onRequestHookHandler {
  return (request, reply, done) => {
    startRequest(request, reply, meter, access);
    if (request.raw.headers.host === undefined && request.raw.httpVersionMinor === 1) {
      done(new Refusal('BadRequest', { message: 'The request has no Host header' }));
    } else done();
  };
}
