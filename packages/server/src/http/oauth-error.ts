import { errorCodes, type OAuthError, type OAuthErrorBody } from '@keywright/contract';
import type { FastifyRequest } from 'fastify';
import type { Refusal } from '../domain/errors.ts';
import { OAuthRefusal } from '../domain/oauth-refusal.ts';
import { bringsBearer } from './caller.ts';

const oauthPath = '/oauth2/';

/** Whether a request is for the OAuth endpoints, whose errors have a form of their own, at paths that there are not too. */
export function isForOAuth(request: FastifyRequest): boolean {
  return request.raw.url?.startsWith(oauthPath) === true;
}

// What an error_description may not hold (RFC 6749 §5.2, RFC 6750 §3).
const notDescription = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/** A message as `error_description` may hold it. */
export function errorDescription(message: string): string {
  return message.replace(notDescription, ' ');
}

/** The body of an answer of the OAuth endpoints that is an error (RFC 6749 §5.2). */
export function oauthErrorBody(request: FastifyRequest, refusal: Refusal): OAuthErrorBody {
  return { error: errorOf(request, refusal), error_description: errorDescription(messageOf(request, refusal)) };
}

function errorOf(request: FastifyRequest, refusal: Refusal): OAuthError {
  if (refusal instanceof OAuthRefusal) return refusal.error;
  switch (errorCodes[refusal.token].status) {
    case 401:
      return authenticatesByBearer(request) ? 'invalid_token' : 'invalid_client';
    case 403:
      return authenticatesByBearer(request) ? 'insufficient_scope' : 'unauthorized_client';
    case 429:
    case 503:
      return 'temporarily_unavailable';
    case 500:
      return 'server_error';
    default:
      return 'invalid_request';
  }
}

/** Whether a caller of the OAuth endpoints brought a bearer token where one is taken. */
export function authenticatesByBearer(request: FastifyRequest): boolean {
  return request.access === 'client_or_bearer' && bringsBearer(request);
}

function messageOf(request: FastifyRequest, { token, message }: Refusal): string {
  if (token === 'UnsupportedMediaType' && message === errorCodes[token].message) {
    return 'Send the body as application/x-www-form-urlencoded';
  }
  const isOfClient = token === 'InvalidToken' && !authenticatesByBearer(request);
  return isOfClient && message === errorCodes[token].message ? 'The client credentials are not valid' : message;
}
