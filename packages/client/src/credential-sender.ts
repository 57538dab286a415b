import { withBackOff } from './back-off.ts';
import { ClientError } from './client-error.ts';
import { parseRecord } from './parse-json.ts';
import { parseUrl } from './parse-url.ts';
import { errorOf, inTime, isRedirect } from './send.ts';
import type { Settings } from './settings.ts';

/** What goes to one of the paths of authentication. */
export interface CredentialRequest {
  readonly path: 'authenticate' | 'authenticate/challenge';
  readonly body: Readonly<Record<string, unknown>>;
  /** What of the body must not come back in an error's message. */
  readonly secrets: readonly string[];
  /** Whether it can't be sent again where the answer was lost, since it is used up then; false where absent. */
  readonly isForOnce?: boolean;
}

/**
 * Sends credentials; answers the JSON that comes, an empty object where none does.
 *
 * @param signal ends the waiting between tries
 * @throws ClientError
 */
export type CredentialSender = (
  request: CredentialRequest,
  signal: AbortSignal,
) => Promise<Readonly<Record<string, unknown>>>;

/** Makes the function that sends credentials; where the service asks for patience, nothing is sent before its time. */
export function createCredentialSender(settings: Settings): CredentialSender {
  const { environment, maxWaitSeconds } = settings;
  let limit: StandingError | undefined;
  return async (request, signal) => {
    limit?.throwWhileItStands(environment.now());
    const mayRepeat = (error: ClientError): boolean => request.isForOnce !== true || error.status !== undefined;
    try {
      const options = { environment, maxWaitSeconds, signal, mayRepeat };
      return await withBackOff(() => sendOnce(settings, request), options);
    } catch (error) {
      if (error instanceof ClientError && error.retryAfterSeconds !== undefined) {
        limit = createStandingError(error, environment.now() + error.retryAfterSeconds * 1000);
      }
      throw error;
    }
  };
}

/** An error that stands until a time, in milliseconds: to ask before would change nothing, or make it worse. */
export interface StandingError {
  throwWhileItStands(now: number): void;
}

export function createStandingError(error: ClientError, until: number): StandingError {
  return {
    throwWhileItStands(now) {
      if (now >= until) return;
      throw new ClientError(error.code, error.message, {
        ...error,
        retryAfterSeconds: Math.ceil((until - now) / 1000),
      });
    },
  };
}

async function sendOnce(
  { baseUrl, environment, timeoutSeconds }: Settings,
  { path, body, secrets }: CredentialRequest,
): Promise<Readonly<Record<string, unknown>>> {
  const { origin } = baseUrl;
  const answer = await inTime({ environment, origin, timeoutSeconds }, async (signal) => {
    const response = await environment.fetch(new URL(`api/v1/${path}`, baseUrl).href, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      signal,
    });
    return { response, text: await response.text() };
  });
  const { response, text } = answer;
  if (isRedirect(response)) throw redirected(response, origin);
  if (!response.ok) throw errorOf(answer, environment.now(), secrets);
  if (response.status === 204) return {};
  const json = parseRecord(text);
  if (json === undefined) {
    throw new ClientError('UnexpectedAnswer', `${origin} answered something that is not Keywright's`, {
      status: response.status,
    });
  }
  return json;
}

/** No secret follows a redirect: it may lead anywhere. */
function redirected(response: Response, origin: string): ClientError {
  const target = parseUrl(response.headers.get('location') ?? '', origin)?.origin;
  const advice = target === undefined || target === origin ? '' : `, to ${target}: is that the baseUrl that is meant?`;
  return new ClientError('RedirectRefused', `${origin} answers credentials with a redirect${advice}`, {
    status: response.status === 0 ? undefined : response.status,
  });
}
