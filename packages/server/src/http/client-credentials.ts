import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import type { ClientCredentials } from '../domain/client-credentials.ts';
import { Refusal } from '../domain/errors.ts';
import { hasSecondAuthorization } from './caller.ts';
import { decodeFormText, type StrictForm, splitOnce } from './strict-form.ts';

const basicScheme = /^basic(?: |$)/i;
const basicCredentials = /^basic +([\w\-.~+/]+=*)$/i;

/**
 * Reads an OAuth client's credentials from `Authorization: Basic` or from the form (RFC 6749 §2.3.1); undefined where there
 * are none.
 *
 * @throws Refusal BadRequest where they come in both ways; InvalidToken where they are incomplete or can't be read
 */
export function readClientCredentials(request: FastifyRequest, form: StrictForm): ClientCredentials | undefined {
  const clientId = form.get('client_id');
  const clientSecret = form.get('client_secret');
  if (basicScheme.test(request.headers.authorization ?? '')) {
    const credentials = readBasic(request);
    // Libraries repeat the id in the form; the secret belongs in one place.
    if (clientSecret !== undefined || (clientId !== undefined && clientId !== credentials.clientId)) throw inBothWays();
    return credentials;
  }
  if (clientId === undefined && clientSecret === undefined) return undefined;
  if (clientId === undefined || clientSecret === undefined) throw unreadable('client_id and client_secret are needed');
  return { clientId, clientSecret };
}

/** Says that credentials came in more than one way, of which RFC 6749 §2.3 allows none. */
export function inBothWays(): Refusal {
  return new Refusal('BadRequest', { message: 'Send the credentials once: in Authorization, or in the form' });
}

/** The id and the secret are encoded as in a form before they are joined and put into Base64. */
function readBasic(request: FastifyRequest): ClientCredentials {
  const text = basicCredentials.exec(request.headers.authorization ?? '')?.[1];
  const bytes = text === undefined ? undefined : Buffer.from(text, 'base64');
  const isRead = bytes !== undefined && bytes.toString('base64') === text && isUtf8(bytes);
  if (!isRead || hasSecondAuthorization(request)) throw unreadable('not exactly one pair of basic credentials');
  const [clientId, clientSecret] = splitOnce(bytes.toString('utf8'), ':').map(decodePart);
  if (clientId === undefined || clientSecret === undefined) throw unreadable('basic credentials badly encoded');
  return { clientId, clientSecret };
}

function decodePart(text: string): string | undefined {
  try {
    return decodeFormText(text);
  } catch {
    return undefined;
  }
}

function unreadable(reason: string): Refusal {
  return new Refusal('InvalidToken', { reason });
}
