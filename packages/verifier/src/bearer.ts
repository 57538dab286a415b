import { VerifyError } from './verify-error.ts';

/** As much of a `node:http` request as verifying needs. */
export interface NodeRequest {
  readonly headers: { readonly authorization?: string | undefined };
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** As much of a web `Request` as verifying needs. */
export interface WebRequest {
  readonly headers: { get(name: string): string | null };
}

// RFC 6750 §2.1: the scheme, one or more spaces, and one b64token. The scheme's case does not count (RFC 9110 §11.1).
const bearerCredentials = /^bearer +([\w\-.~+/]+=*)$/i;
const bearerScheme = /^bearer(?: |$)/i;
const authorizationName = /^authorization$/i;

/**
 * Reads the token of a request's `Authorization: Bearer …`. Nothing but this header is ever looked at for one: what
 * stands in a query string ends up in logs (RFC 9700 §4.3.2).
 *
 * @throws VerifyError `no_token` where there is none, `malformed` where there is not exactly one.
 */
export function readBearer(request: NodeRequest | WebRequest): string {
  const { headers } = request;
  const isWeb = isWebHeaders(headers);
  const authorization = isWeb ? headers.get('authorization') : headers.authorization;
  if (authorization == null || !bearerScheme.test(authorization)) {
    throw new VerifyError('no_token', 'The request brings no bearer token');
  }
  const token = bearerCredentials.exec(authorization)?.[1];
  // A web request joins several headers to one, which then is not that of one token.
  const hasOthers = 'rawHeaders' in request && countAuthorization(request.rawHeaders) > 1;
  if (token === undefined || hasOthers) {
    throw new VerifyError('malformed', 'The request does not bring exactly one bearer token');
  }
  return token;
}

function isWebHeaders(headers: NodeRequest['headers'] | WebRequest['headers']): headers is WebRequest['headers'] {
  return 'get' in headers && typeof headers.get === 'function';
}

/** Node keeps the first of several Authorization headers, and drops the others without a word. */
function countAuthorization(rawHeaders: readonly string[]): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && authorizationName.test(name)).length;
}
