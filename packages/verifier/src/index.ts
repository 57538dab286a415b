export { decodeBase64url } from './base64url.ts';
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
export { type SigningAlgorithm, signingAlgorithms } from './signing-algorithm.ts';
export { VerifyError, type VerifyErrorCode } from './verify-error.ts';
export { type VerifyingKey, verifyingKey } from './verifying-key.ts';
