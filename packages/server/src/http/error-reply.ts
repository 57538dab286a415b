import { type ErrorBody, errorCodes } from '@keywright/contract';
import { formatAddress } from '@keywright/verifier';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { challengeOf } from './challenge.ts';
import { isForOAuth, oauthErrorBody } from './oauth-error.ts';
import { isDisconnect, refusalOf } from './refusal-of.ts';

/** How long a caller is asked to wait where nothing better is known. */
const defaultRetryAfterSeconds = 1;

/** Answers a request with an error. */
export type ErrorReply = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** The body of an answer that is an error (contract §1). */
export function errorBody(refusal: Refusal, requestId: string): ErrorBody {
  const { code } = errorCodes[refusal.token];
  const errors = refusal.problems.map(({ token, message }) => ({
    error_code: errorCodes[token].code,
    error_token: token,
    message,
  }));
  return {
    error_code: code,
    error_token: refusal.token,
    message: refusal.message,
    ...(errors.length === 0 ? {} : { errors }),
    request_id: requestId,
  };
}

/**
 * Makes the one place where errors become answers: a refusal answers what it says, everything else is a bug, which is
 * logged with its stack and answered without.
 */
export function createErrorReply(log: Log): ErrorReply {
  return (error, request, reply) => {
    const refusal = startErrorAnswer(log, error, request, reply);
    const body = isForOAuth(request) ? oauthErrorBody(request, refusal) : errorBody(refusal, request.id);
    reply.type('application/json; charset=utf-8').send(body);
  };
}

/** Logs what a request failed on, as far as somebody may have to look into it; answers the refusal that it comes to. */
export function logFailure(log: Log, error: unknown, request: FastifyRequest): Refusal {
  const refusal = refusalOf(error);
  const { status } = errorCodes[refusal.token];
  if (refusal !== error && status === 500) {
    log.error({ ...requestFields(request), error_stack: stackOf(error) }, 'a request failed on a bug');
  } else if (!isDisconnect(error)) {
    logRefusal(log, request, refusal, status);
  }
  return refusal;
}

/** Logs an error, and sets the status and the headers of its answer; the body is the caller's to send. */
export function startErrorAnswer(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): Refusal {
  const refusal = logFailure(log, error, request);
  const { status } = errorCodes[refusal.token];
  // Fastify closes a connection whose body it could not parse; what is left of the body is dropped instead.
  reply.code(status).removeHeader('connection');
  if (request.isLast) reply.header('connection', 'close');
  if (request.access === 'public') reply.header('cache-control', 'no-store');
  const challenge = challengeOf(request, refusal);
  if (challenge !== undefined) reply.header('www-authenticate', challenge);
  if (status === 429 || status === 503) {
    reply.header('retry-after', Math.max(Math.ceil(refusal.retryAfterSeconds ?? defaultRetryAfterSeconds), 1));
  }
  return refusal;
}

/** Logs what somebody may have to look into; the everyday refusals of input are counted in the metrics alone. */
function logRefusal(log: Log, request: FastifyRequest, refusal: Refusal, status: number): void {
  if (status !== 401 && status !== 403 && status !== 429 && status < 500) return;
  const fields = {
    ...requestFields(request),
    status,
    error_token: refusal.token,
    reason: refusal.reason ?? refusal.message,
    address: addressOf(request),
  };
  if (status === 429 || status >= 500) log.warn(fields, 'a request was refused');
  else log.info(fields, 'a request was refused');
}

function addressOf(request: FastifyRequest): string | undefined {
  const client = request.knownClient;
  return client === null ? request.socket.remoteAddress : formatAddress(client.address);
}

/** Never the URL: its query may hold what should not be in a log. */
function requestFields(request: FastifyRequest): object {
  return { request_id: request.id, method: request.method, route: request.routeOptions.url ?? 'unmatched' };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${typeof error}`;
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? stack : `${stack}\ncaused by ${stackOf(error.cause)}`;
}
