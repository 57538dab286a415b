import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import type { Caller, Client } from '../domain/service.ts';
import type { RouteMeter } from './metrics.ts';
import { asksForUpgrade, findRequestFault } from './request-fault.ts';

/**
 * Whom a route answers, and so what may be kept of its answers: the holders of an `auth_token`, OAuth clients by their
 * credentials, either of these, or everybody.
 */
export type Access = 'bearer' | 'client' | 'client_or_bearer' | 'public';

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
    /** Whether nothing more is to be read from the connection. */
    isLast: boolean;
  }
}

/** Makes room on each request for what is learned about it. */
export function decorateRequests(app: FastifyInstance): void {
  app.decorateRequest('startedAt', 0);
  app.decorateRequest('meter', null);
  app.decorateRequest('access', 'public');
  app.decorateRequest('knownClient', null);
  app.decorateRequest('knownCaller', null);
  app.decorateRequest('isLast', false);
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

/** Connections from which nothing more is to be read. */
const endedConnections = new WeakSet<Socket>();

/** Lets a request be the last of its connection. */
export function endConnection(request: FastifyRequest): void {
  request.isLast = true;
  endedConnections.add(request.raw.socket);
}

/**
 * Finds out whether a request has to be refused for its header, and whether it is the last of its connection. What was
 * read together with the last one is refused too, and its answer reaches nobody.
 */
export function judgeHeader(request: FastifyRequest): Refusal | undefined {
  const { raw } = request;
  if (endedConnections.has(raw.socket)) return new Refusal('BadRequest');
  const fault = findRequestFault(raw);
  if (fault?.isAmbiguous === true || asksForUpgrade(raw)) endConnection(request);
  return fault && new Refusal('BadRequest', { message: fault.message });
}

/** Makes the first hook of a route, which begins the request. */
export function beginRequest(meter: RouteMeter, access: Access): onRequestHookHandler {
  return (request, reply, done) => {
    startRequest(request, reply, meter, access);
    done(judgeHeader(request));
  };
}
