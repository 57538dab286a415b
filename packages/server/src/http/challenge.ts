import { errorCodes } from '@keywright/contract';
import type { FastifyRequest } from 'fastify';
import type { Refusal } from '../domain/errors.ts';
import { bringsBearer } from './caller.ts';
import { authenticatesByBearer, errorDescription } from './oauth-error.ts';

const plainChallenge = 'Bearer realm="Keywright"';
const clientChallenge = 'Basic realm="Keywright", charset="UTF-8"';

/**
 * The `WWW-Authenticate` of an answer (RFC 9110 §11.6.1, RFC 6750 §3, RFC 6749 §5.2): on each 401, and on a 403 to a bearer.
 *
 * The error is named only to a caller who brought a bearer token to a place that takes one.
 */
export function challengeOf(request: FastifyRequest, refusal: Refusal): string | undefined {
  const { status } = errorCodes[refusal.token];
  const withBearer = authenticatesByBearer(request) || (request.access === 'bearer' && bringsBearer(request));
  if (status === 401) return withBearer ? challenge('invalid_token', refusal.message) : withoutBearer(request);
  return status === 403 && withBearer ? challenge('insufficient_scope', refusal.message) : undefined;
}

function withoutBearer({ access, headers }: FastifyRequest): string {
  if (access === 'client') return clientChallenge;
  if (access !== 'client_or_bearer') return plainChallenge;
  // Whoever sent credentials hears of their scheme (RFC 6749 §5.2), others of both.
  return headers.authorization === undefined ? `${plainChallenge}, ${clientChallenge}` : clientChallenge;
}

function challenge(error: string, description: string): string {
  return `${plainChallenge}, error="${error}", error_description="${errorDescription(description)}"`;
}
