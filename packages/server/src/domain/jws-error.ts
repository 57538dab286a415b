/** Why a token was refused. Stable: whoever catches a `JwsError` decides by this, never by its message. */
export type JwsErrorCode =
  | 'malformed'
  | 'unsupported_algorithm'
  | 'critical_header'
  | 'wrong_type'
  | 'unknown_key'
  | 'bad_signature'
  | 'expired'
  | 'not_yet_valid'
  | 'wrong_audience'
  | 'wrong_issuer';

/** A token that is refused. Its message never repeats anything of the token. */
export class JwsError extends Error {
  override readonly name = 'JwsError';
  readonly code: JwsErrorCode;

  constructor(code: JwsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
