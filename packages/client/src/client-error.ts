import type { ApiErrorCode } from './error-codes.generated.ts';

/**
 * What went wrong before, or instead of, an answer of the API:
 *
 * - `InvalidOptions`: the options of `createClient`, or the arguments of a call, can't be meant so.
 * - `Unreachable`: there was no answer: no connection, or it broke.
 * - `Timeout`: there was no answer in time.
 * - `UnexpectedAnswer`: an answer that Keywright does not give; a proxy's, or that of another service.
 * - `RedirectRefused`: a redirect that would have carried a secret to another origin.
 * - `OriginNotAllowed`: a URL that the auth token is not for: see `allowedOrigins`.
 * - `SecondFactorNeeded`: the user has a second factor, or has to set one up, and `onSecondFactor` gave none.
 * - `StorageFailed`: the token storage could not be read or written.
 * - `Closed`: the client was closed.
 */
export type OwnErrorCode =
  | 'InvalidOptions'
  | 'Unreachable'
  | 'Timeout'
  | 'UnexpectedAnswer'
  | 'RedirectRefused'
  | 'OriginNotAllowed'
  | 'SecondFactorNeeded'
  | 'StorageFailed'
  | 'Closed';

/** The code of a {@link ClientError}: the `error_token` that the API answered, or one of the client's own. */
export type ClientErrorCode = OwnErrorCode | ApiErrorCode;

/** One thing that is wrong with a request's input. */
export interface InputProblem {
  readonly code: string;
  /** The number beside it: `error_code` on the wire. */
  readonly number: number;
  readonly message: string;
}

/** What is known of an error beside its code and message. */
export interface ErrorDetails {
  /** The HTTP status; undefined where there was no answer. */
  readonly status?: number | undefined;
  /** The number of an error of the API: `error_code` on the wire. */
  readonly number?: number | undefined;
  /** The id of the request, for the operator of the service. */
  readonly requestId?: string | undefined;
  /** How long not to try again. */
  readonly retryAfterSeconds?: number | undefined;
  /** Everything that is wrong with the input, where that is what is wrong. */
  readonly problems?: readonly InputProblem[] | undefined;
  /** Of the file system's errors only: others may hold what was sent. */
  readonly cause?: unknown;
}

/** Something that the client could not do. It never holds a secret: it may be logged and shown as it is. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  readonly status: number | undefined;
  readonly number: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly problems: readonly InputProblem[];

  constructor(code: ClientErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.number = details.number;
    this.requestId = details.requestId;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.problems = details.problems ?? [];
  }
}
