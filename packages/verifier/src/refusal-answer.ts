import type { VerifyError } from './verify-error.ts';

/** How an API answers a request whose token is refused. */
export interface RefusalAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

const retryAfterSeconds = 2;

/**
 * What to answer to a request whose token was refused (RFC 6750 §3): 401 or 403 with `WWW-Authenticate`, or 503 with
 * `Retry-After` where it could not be told.
 *
 * Why exactly is in the error's `code`, for your log. The caller learns that a token has expired or does not suffice,
 * and of any other only that it is not accepted.
 *
 * @param realm - what the caller would have to sign in to; the verifier's audience, for instance.
 */
export function answerOf(error: VerifyError, realm: string): RefusalAnswer {
  const { name, description } = describe(error);
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  };
  if (error.status === 503) {
    headers['retry-after'] = String(retryAfterSeconds);
  } else {
    const challenge = `Bearer realm=${quote(realm)}`;
    // A caller who has brought no token is not told of an error (RFC 6750 §3.1).
    const detail = `, error=${quote(name)}, error_description=${quote(description)}`;
    headers['www-authenticate'] = error.code === 'no_token' ? challenge : challenge + detail;
  }
  return { status: error.status, headers, body: JSON.stringify({ error: name, error_description: description }) };
}

function describe({ code, status, message }: VerifyError): { name: string; description: string } {
  if (status === 503) return { name: 'temporarily_unavailable', description: 'The token can not be verified now' };
  if (status === 403) return { name: 'insufficient_scope', description: message };
  if (code === 'no_token') return { name: 'no_token', description: 'A bearer token is needed' };
  if (code === 'expired') return { name: 'invalid_token', description: message };
  return { name: 'invalid_token', description: 'The token is not accepted' };
}

/** A quoted string (RFC 9110 §5.6.4), of nothing but printable ASCII. */
function quote(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, ' ').replace(/["\\]/g, '\\$&')}"`;
}
