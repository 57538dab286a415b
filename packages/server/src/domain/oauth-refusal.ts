import type { OAuthError } from '@keywright/contract';
import { Refusal } from './errors.ts';

/** A refusal (400) for which OAuth has a name of its own (RFC 6749 §5.2, RFC 7009 §2.2.1). */
export class OAuthRefusal extends Refusal {
  readonly error: OAuthError;

  constructor(error: OAuthError, message: string) {
    super('BadRequest', { message });
    this.error = error;
  }
}
