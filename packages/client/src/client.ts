import { createApi } from './api.ts';
import { type AuthorisedFetch, createAuthorisedFetch } from './authorised-fetch.ts';
import type { Api, Collections } from './calls.generated.ts';
import type { ClientOptions } from './options.ts';
import { readOptions } from './settings.ts';
import { createTokenSource } from './token-source.ts';

/** How an auth token is asked for. */
export interface AuthTokenOptions {
  readonly signal?: AbortSignal | undefined;
  readonly refused?: string | undefined;
}

/** Gets, keeps and renews an auth token, and makes calls with it. */
export interface Client {
  /**
   * A valid auth token. One is reused until shortly before it expires, and however many ask at once, one request gets it.
   *
   * @param options `signal`: ends the caller's waiting, not what others wait for; `refused`: a token that was answered with
   *   401, in the place of which another one is wanted
   * @throws ClientError, or the signal's reason
   */
  authToken(options?: AuthTokenOptions): Promise<string>;
  /**
   * As the platform's `fetch`, with the auth token: relative to `baseUrl`, or at one of the allowed origins. Where that answers
   * 401, it is sent once more with another token, unless its body is a stream, which can't be sent again. The token follows no
   * redirect to another origin.
   *
   * @throws ClientError, or the signal's reason
   */
  readonly fetch: AuthorisedFetch;
  /** The calls of Keywright's own API, by their ids in its reference. */
  readonly api: Api;
  /** Those that answer collections, to go through all pages: `for await (const user of client.all.listUsers())`. */
  readonly all: Collections;
  /** Ends all waiting, and gives out no more tokens; what is stored stays. */
  close(): void;
}

/**
 * Makes a client. It asks for nothing before the first call.
 *
 * @throws ClientError InvalidOptions
 */
export function createClient(options: ClientOptions): Client {
  const settings = readOptions(options);
  const tokens = createTokenSource(settings);
  const fetch = createAuthorisedFetch(settings, tokens);
  return {
    authToken: ({ signal, refused } = {}) =>
      refused === undefined ? tokens.authToken(signal) : tokens.otherThan(refused, signal),
    fetch,
    ...createApi(settings, tokens, fetch),
    close: tokens.close,
  };
}
