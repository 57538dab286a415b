import { errorCodes } from '@keywright/contract';
import type { FastifyRequest } from 'fastify';
import type { Refusal } from '../domain/errors.ts';
import { bringsBearer } from './caller.ts';

const plainChallenge = 'Bearer realm="Keywright"';

// What an error_description may not hold (RFC 6750 §3).
const notDescription = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/**
 * The `WWW-Authenticate` of an answer (RFC 9110 §11.6.1, RFC 6750 §3): on each 401, and on a 403 to a bearer.
 *
 * The error is named only to a caller who brought a bearer token to a place that takes one.
 */
export function challengeOf(request: FastifyRequest, refusal: Refusal): string | undefined {
  const { status } = errorCodes[refusal.token];
  const withBearer = request.access === 'bearer' && bringsBearer(request);
  if (status === 401) return withBearer ? challenge('invalid_token', refusal.message) : plainChallenge;
  return status === 403 && withBearer ? challenge('insufficient_scope', refusal.message) : undefined;
}

function challenge(error: string, description: string): string {
  return `${plainChallenge}, error="${error}", error_description="${description.replace(notDescription, ' ')}"`;
}
