import type { AuthTokenClaims } from '@keywright/contract';

/** What a page needs of the claims of its auth token. */
export type SessionClaims = Pick<AuthTokenClaims, 'sub' | 'iat' | 'exp' | 'org' | 'roles' | 'sid' | 'amr' | 'act'>;

/**
 * Reads the claims of a token without verifying it: it came from our own server, which verifies it on each call.
 *
 * @throws SyntaxError where it is no JWT
 */
export function readClaims<T>(token: string): T {
  const payload = token.split('.')[1] ?? '';
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
