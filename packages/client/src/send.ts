import { readRetryAfter } from './back-off.ts';
import { ClientError, type ClientErrorCode, type InputProblem } from './client-error.ts';
import type { Environment } from './environment.ts';
import { apiErrorCodes } from './error-codes.generated.ts';
import { isRecord, parseRecord } from './parse-json.ts';

/** An answer that was read whole. */
export interface WholeAnswer {
  readonly response: Response;
  readonly text: string;
}

/** Where an answer has no name of ours for its error. */
const codesOfStatuses: Readonly<Record<number, ClientErrorCode>> = {
  429: 'TooManyRequests',
  502: 'Unavailable',
  503: 'Unavailable',
  504: 'Unavailable',
};

/** For the calls below `/oauth2`, whose errors have names of OAuth's (RFC 6749 §5.2). */
const codesOfOAuth: Readonly<Record<number, ClientErrorCode>> = {
  ...codesOfStatuses,
  400: 'BadRequest',
  401: 'InvalidCredentials',
  403: 'Forbidden',
};

/**
 * Does what takes a request and an answer, in the time that there is.
 *
 * @throws ClientError Unreachable, Timeout; the caller's signal's reason
 */
export async function inTime<T>(
  options: {
    readonly environment: Environment;
    readonly origin: string;
    readonly timeoutSeconds: number;
    readonly signal?: AbortSignal | undefined;
  },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { environment, origin, timeoutSeconds, signal } = options;
  signal?.throwIfAborted();
  const ending = new AbortController();
  const timer = environment.setTimeout(() => ending.abort(), timeoutSeconds * 1000);
  try {
    return await work(signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]));
  } catch (error) {
    if (error instanceof ClientError) throw error;
    signal?.throwIfAborted();
    throw ending.signal.aborted
      ? new ClientError('Timeout', `${origin} did not answer within ${timeoutSeconds} s`)
      : unreachable(origin, error);
  } finally {
    environment.clearTimeout(timer);
  }
}

/** Says of a failed request only where it went and what the system calls the failure: more may hold what was sent. */
export function unreachable(origin: string, error: unknown): ClientError {
  return new ClientError('Unreachable', `${origin} could not be reached${systemCode(error)}`);
}

/** What the system calls a failure, in brackets, where it has a name for it: ` (ECONNREFUSED)`. */
export function systemCode(error: unknown): string {
  const codes = [error, causeOf(error)].map((one) => (one instanceof Error && 'code' in one ? String(one.code) : ''));
  const code = codes.find((one) => /^[A-Z][A-Z0-9_]{2,40}$/.test(one));
  return code === undefined ? '' : ` (${code})`;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

/** Whether it is a redirect; of one that it may not follow a browser says nothing more than that it is one. */
export function isRedirect(response: Response): boolean {
  return response.type === 'opaqueredirect' || [301, 302, 303, 307, 308].includes(response.status);
}

/**
 * What an answer that is no success says.
 *
 * @param secrets what was sent and must not come back in a message
 */
export function errorOf({ response, text }: WholeAnswer, now: number, secrets: readonly string[]): ClientError {
  const { status, headers } = response;
  const body = parseRecord(text);
  const token = apiErrorCodes.find((code) => code === body?.['error_token']);
  const retryAfterSeconds = readRetryAfter(headers, now);
  const requestId = readShortText(body?.['request_id'] ?? headers.get('x-request-id'));
  const clean = (value: unknown): string => withoutSecrets(typeof value === 'string' ? value : '', secrets);
  if (token === undefined) {
    const isOAuth = typeof body?.['error'] === 'string';
    const code = (isOAuth ? codesOfOAuth : codesOfStatuses)[status] ?? 'UnexpectedAnswer';
    const message = isOAuth
      ? `${clean(body['error'])}: ${clean(body['error_description'])}`
      : `Answered with status ${status}, and nothing of Keywright's`;
    return new ClientError(code, message, { status, requestId, retryAfterSeconds });
  }
  return new ClientError(token, clean(body?.['message']) || token, {
    status,
    number: typeof body?.['error_code'] === 'number' ? body['error_code'] : undefined,
    requestId,
    retryAfterSeconds,
    problems: readProblems(body?.['errors'], clean),
  });
}

function readProblems(errors: unknown, clean: (value: unknown) => string): InputProblem[] {
  if (!Array.isArray(errors)) return [];
  return errors.map((problem: unknown) => {
    const { error_token, error_code, message } = isRecord(problem) ? problem : {};
    return { code: clean(error_token), number: Number(error_code), message: clean(message) };
  });
}

function readShortText(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value) ? value : undefined;
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== '').reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
}
