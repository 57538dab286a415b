import type { Answer, CallOptions, TestServer } from './test-server.ts';

/** How an OAuth client sends a form, and what it says who it is with. */
export interface OAuthCallOptions extends Omit<CallOptions, 'body'> {
  /** The id and the secret, for `Authorization: Basic`. */
  readonly basic?: readonly [id: string | number, secret: string];
}

/** The header of HTTP Basic, with both parts encoded as RFC 6749 §2.3.1 wants it. */
function basicHeader(id: string | number, secret: string): string {
  const encoded = [String(id), secret].map((part) => new URLSearchParams({ '': part }).toString().slice(1));
  return `Basic ${Buffer.from(encoded.join(':')).toString('base64')}`;
}

/** Sends a form to an endpoint of OAuth; a text is sent as it is. */
export function callOAuth(
  server: Pick<TestServer, 'call'>,
  endpoint: 'token' | 'introspect' | 'revoke',
  form: Readonly<Record<string, string>> | string,
  { basic, headers, ...options }: OAuthCallOptions = {},
): Promise<Answer> {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  return server.call('POST', `/oauth2/${endpoint}`, {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(basic === undefined ? {} : { authorization: basicHeader(...basic) }),
      ...headers,
    },
    ...options,
  });
}
