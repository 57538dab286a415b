/** Why a token was refused. Stable: whoever catches a `VerifyError` decides by this, never by its message. */
export type VerifyErrorCode =
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
export class VerifyError extends Error {
  override readonly name = 'VerifyError';
  readonly code: VerifyErrorCode;

  constructor(code: VerifyErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
