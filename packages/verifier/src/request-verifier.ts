import type { AuthTokenClaims } from './auth-token-claims.ts';
import { type NodeRequest, readBearer, type WebRequest } from './bearer.ts';
import type { Verifier } from './verifier.ts';
import { VerifyError } from './verify-error.ts';

/** What a request needs beside a token that is accepted. */
export interface RequestRequirement<Request> {
  /** The names of roles, one of which the token has to have. */
  readonly roles?: readonly string[] | undefined;
  /** Whether the token suffices for the request; false is answered with 403. */
  readonly allow?: ((claims: AuthTokenClaims, request: Request) => boolean | Promise<boolean>) | undefined;
  /**
   * Says which address a request comes from, for a verifier with `enforceAddress`: behind a proxy, the one that the
   * proxy vouches for. By default it is the socket's, and that of a web `Request`, which has no socket, is unknown.
   */
  readonly addressOf?: ((request: Request) => string | undefined) | undefined;
}

/**
 * Makes a function that verifies the token of a `node:http` request or of a web `Request`.
 *
 * @example
 * const verifyRequest = createRequestVerifier(verifier, { roles: ['Administrator'] });
 * const { sub } = await verifyRequest(request);
 *
 * @returns a function that answers the token's claims, or rejects with a VerifyError; `answerOf` says what to answer
 * then.
 */
export function createRequestVerifier<Request extends NodeRequest | WebRequest>(
  verifier: Verifier,
  requirement: RequestRequirement<Request> = {},
): (request: Request) => Promise<AuthTokenClaims> {
  const addressOf =
    requirement.addressOf ?? ((request) => ('socket' in request ? request.socket.remoteAddress : undefined));
  return (request) => verifyRequest(verifier, { ...requirement, addressOf }, request, request);
}

/**
 * Verifies the token of a request as a framework hands it over.
 *
 * @param bare - what the framework wraps: where the headers are.
 * @throws VerifyError
 */
export async function verifyRequest<Request>(
  verifier: Verifier,
  { roles, allow, addressOf }: RequestRequirement<Request>,
  request: Request,
  bare: NodeRequest | WebRequest,
): Promise<AuthTokenClaims> {
  const address = verifier.enforcesAddress ? addressOf?.(request) : undefined;
  const claims = await verifier.verify(readBearer(bare), { address });
  if (roles !== undefined && !roles.some((role) => claims.roles.includes(role))) {
    throw new VerifyError('forbidden', 'The token has none of the roles that this needs');
  }
  if (allow !== undefined && !(await allow(claims, request))) {
    throw new VerifyError('forbidden', 'The token does not suffice for this');
  }
  return claims;
}
