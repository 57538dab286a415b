import type { ErrorBody, ErrorToken } from '@keywright/contract';

/** An answer that is an error (contract §1). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The error's name on the wire. */
  readonly token: ErrorToken | 'Unknown';
  /** Everything that is wrong with the input, where it was that. */
  readonly problems: NonNullable<ErrorBody['errors']>;
  /** What an operator finds the cause by. */
  readonly requestId: string | undefined;
  /** How long to wait before another try, where the server says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: Partial<ErrorBody>, headers: Headers) {
    super(body.message ?? `HTTP ${status}`);
    this.status = status;
    // What the server calls an error is a name of the contract; an older page may not know a newer one, which changes nothing.
    this.token = (body.error_token as ErrorToken | undefined) ?? 'Unknown';
    this.problems = body.errors ?? [];
    this.requestId = body.request_id ?? headers.get('x-request-id') ?? undefined;
    const seconds = Number(headers.get('retry-after') ?? Number.NaN);
    this.retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined;
  }
}

/** A request that got no answer: the server may have acted on it, or not. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Whether an error is an answer with one of these names. */
export function isApiError(error: unknown, ...tokens: readonly ErrorToken[]): error is ApiError {
  return error instanceof ApiError && (tokens.length === 0 || tokens.some((token) => token === error.token));
}
