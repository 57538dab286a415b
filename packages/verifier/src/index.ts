export type { AuthTokenClaims } from './auth-token-claims.ts';
export { decodeBase64url } from './base64url.ts';
export type { NodeRequest, WebRequest } from './bearer.ts';
export { claimsOf } from './claims-of.ts';
export type { Environment } from './environment.ts';
export { createExpressMiddleware, type NodeResponse } from './express-middleware.ts';
export { createFastifyHook, type FastifyReplyLike, type FastifyRequestLike } from './fastify-hook.ts';
export { type FollowRevocationsOptions, followRevocations } from './follow-revocations.ts';
export { createHonoMiddleware, type HonoContextLike } from './hono-middleware.ts';
export type { HookOptions } from './hook-options.ts';
export type { Jwk } from './jwk.ts';
export { importVerifyingKey } from './jwk.ts';
export { type JwsHeader, type TokenType, type VerifiedJws, verifyJws } from './jws.ts';
export { checkAudience, checkIssuer, checkTimes } from './jws-claims.ts';
export {
  type Address,
  formatAddress,
  formatNetwork,
  type Network,
  NetworkSyntaxError,
  networkContains,
  networkOf,
  parseAddress,
  parseNetwork,
} from './network.ts';
export { answerOf, type RefusalAnswer } from './refusal-answer.ts';
export { createRequestVerifier, type RequestRequirement } from './request-verifier.ts';
export type { RevocationFollower } from './revocation-follower.ts';
export type { RevocableClaims } from './revocation-list.ts';
export { type SigningAlgorithm, signingAlgorithms } from './signing-algorithm.ts';
export { createVerifier, type RequestContext, type Verifier } from './verifier.ts';
export type { VerifierOptions } from './verifier-options.ts';
export { VerifyError, type VerifyErrorCode } from './verify-error.ts';
export { type VerifyingKey, verifyingKey } from './verifying-key.ts';
