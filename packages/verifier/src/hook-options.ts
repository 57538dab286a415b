import { answerOf, type RefusalAnswer } from './refusal-answer.ts';
import type { RequestRequirement } from './request-verifier.ts';
import { VerifyError } from './verify-error.ts';

/** What a hook asks of requests, and whom it tells of those that it refuses. */
export interface HookOptions<Request> extends RequestRequirement<Request> {
  /** What the `WWW-Authenticate` names as the realm; the verifier's audience by default. */
  readonly realm?: string | undefined;
  /** Called with each refusal, for your log. The error's message and code hold nothing of the token. */
  readonly onRefusal?: ((error: VerifyError, request: Request) => void) | undefined;
}

/**
 * What a hook answers after an error.
 *
 * @throws the error itself where it is no refusal.
 */
export function answerRefusal<Request>(
  error: unknown,
  request: Request,
  options: HookOptions<Request>,
  audience: string,
): RefusalAnswer {
  if (!(error instanceof VerifyError)) throw error;
  options.onRefusal?.(error, request);
  return answerOf(error, options.realm ?? audience);
}
