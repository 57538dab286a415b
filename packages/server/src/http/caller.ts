import { errorCodes } from '@keywright/contract';
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { isWellFormedApplicationToken } from '../domain/application-token-secret.ts';
import { identifyCaller } from '../domain/caller.ts';
import { identifyEnroller } from '../domain/enrolment.ts';
import { Refusal } from '../domain/errors.ts';
import type { Caller, Client, Service } from '../domain/service.ts';
import type { ClientFinder } from './client.ts';
import { countCall } from './rate-limit.ts';

// RFC 6750 §2.1: the scheme, one or more spaces, and one b64token. The scheme's case does not count (RFC 9110 §11.1).
const bearerCredentials = /^bearer +([\w\-.~+/]+=*)$/i;
const authorizationName = /^authorization$/i;
const bearerScheme = /^bearer(?: |$)/i;

/** Whether a request brings a bearer token at all, good or bad; any other scheme is as good as none (RFC 6750 §3.1). */
export function bringsBearer(request: FastifyRequest): boolean {
  return bearerScheme.test(request.headers.authorization ?? '');
}

/**
 * Reads the token of `Authorization: Bearer …`; nothing but this header is ever looked at for one.
 *
 * @throws Refusal InvalidToken where there is none, or not exactly one, or where it is an application token
 */
export function readBearer(request: FastifyRequest): string {
  const { authorization } = request.headers;
  if (authorization === undefined || !bearerScheme.test(authorization)) {
    throw new Refusal('InvalidToken', { message: 'A bearer token is needed', reason: 'no bearer token' });
  }
  const token = bearerCredentials.exec(authorization)?.[1];
  if (token === undefined || hasSecondAuthorization(request)) {
    throw new Refusal('InvalidToken', { reason: 'not exactly one bearer token' });
  }
  // By its form alone: whether there is such a token is not told.
  if (isWellFormedApplicationToken(token)) {
    throw new Refusal('InvalidToken', {
      message: 'An application token is no bearer: exchange it at /api/v1/authenticate, and send the auth_token',
      reason: 'an application token as bearer',
    });
  }
  return token;
}

/** Node keeps the first of several Authorization headers, and drops the others without a word. */
export function hasSecondAuthorization(request: FastifyRequest): boolean {
  const names = request.raw.rawHeaders.filter((name, index) => index % 2 === 0 && authorizationName.test(name));
  return names.length > 1;
}

/** Makes the hook of every route that needs a bearer: it finds out who is calling. */
export function createCallerCheck(service: Service, clientOf: ClientFinder): onRequestAsyncHookHandler {
  return async (request) => {
    request.knownCaller = await identifyCaller(service, readBearer(request), clientOf(request));
  };
}

/**
 * Finds out who is calling a route whose calls are not counted: those whose bearers are no good are.
 *
 * @throws Refusal InvalidToken, TokenExpired; TooManyRequests after too many of these
 */
export async function identifyUncounted(
  service: Service,
  request: FastifyRequest,
  client: Client,
  identify: typeof identifyCaller = identifyCaller,
): Promise<Caller> {
  try {
    return await identify(service, readBearer(request), client);
  } catch (error) {
    if (error instanceof Refusal && errorCodes[error.token].status === 401) countCall(service.limits, client);
    throw error;
  }
}

/**
 * Makes the hook of the routes whose calls are not counted while the bearer is good.
 *
 * @param identify how the bearer is judged
 */
export function createUncountedCallerCheck(
  service: Service,
  clientOf: ClientFinder,
  identify: typeof identifyCaller,
): onRequestAsyncHookHandler {
  return async (request) => {
    request.knownCaller = await identifyUncounted(service, request, clientOf(request), identify);
  };
}

/** Makes the hook of the routes where somebody may call, too, who has yet to set a second factor up. */
export function createEnrollerCheck(service: Service, clientOf: ClientFinder): onRequestAsyncHookHandler {
  return async (request) => {
    request.knownCaller = await identifyEnroller(service, readBearer(request), clientOf(request));
  };
}

/** Who is calling; for routes whose access is `bearer`. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.knownCaller === null) throw new Error('the route has no caller: its access is not bearer');
  return request.knownCaller;
}
