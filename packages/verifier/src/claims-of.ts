import type { AuthTokenClaims } from './auth-token-claims.ts';

const claimsByRequest = new WeakMap<object, AuthTokenClaims>();

/** Keeps the claims that a request was let in with, for `claimsOf`. */
export function keepClaims(request: object, claims: AuthTokenClaims): void {
  claimsByRequest.set(request, claims);
}

/**
 * The claims of the token that a request was let in with, behind one of the hooks.
 *
 * @param request - what the hook was given: Fastify's or Express's request, or Hono's context.
 * @throws Error where no hook has let it in, which is a mistake in the program.
 */
export function claimsOf(request: object): AuthTokenClaims {
  const claims = claimsByRequest.get(request);
  if (claims === undefined) throw new Error('No hook has verified a token for this request');
  return claims;
}
