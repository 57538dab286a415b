/** Each reason for which a token is refused, and the HTTP status that an API answers it with (RFC 6750 §3.1). */
const statuses = {
  no_token: 401,
  malformed: 401,
  unsupported_algorithm: 401,
  critical_header: 401,
  wrong_type: 401,
  unknown_key: 401,
  bad_signature: 401,
  expired: 401,
  not_yet_valid: 401,
  wrong_issuer: 401,
  wrong_audience: 401,
  revoked: 401,
  address_not_allowed: 401,
  forbidden: 403,
  keys_unavailable: 503,
  revocations_stale: 503,
} as const;

/** Why a token was refused. Stable: whoever catches a `VerifyError` decides by this, never by its message. */
export type VerifyErrorCode = keyof typeof statuses;

/** A token that is refused. Its message never repeats anything of the token. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError';
  readonly code: VerifyErrorCode;

  constructor(code: VerifyErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /**
   * The HTTP status to answer with: 401 where the token won't do, 403 where it does not suffice, 503 where it could not
   * be told, which is no fault of the caller's.
   */
  get status(): 401 | 403 | 503 {
    return statuses[this.code];
  }
}
