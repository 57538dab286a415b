import type { CallDescription, CallOptions, Page } from './api-call.ts';
import { bodyOf, type Given, secretsOf, urlOf } from './api-request.ts';
import type { AuthorisedFetch } from './authorised-fetch.ts';
import { withBackOff } from './back-off.ts';
import { type Api, type Collections, calls } from './calls.generated.ts';
import { ClientError } from './client-error.ts';
import { parseJson } from './parse-json.ts';
import { readLines } from './read-lines.ts';
import { errorOf, inTime, isRedirect } from './send.ts';
import type { Settings } from './settings.ts';
import type { TokenSource } from './token-source.ts';

type Call = (given?: Given, options?: CallOptions) => unknown;

/** Makes the typed calls. */
export function createApi(
  settings: Settings,
  tokens: TokenSource,
  authorisedFetch: AuthorisedFetch,
): { api: Api; all: Collections } {
  const make = createCaller(settings, tokens, authorisedFetch);
  const entries = Object.entries<CallDescription>(calls);
  const each = (kind: (call: CallDescription) => Call | undefined): Record<string, Call> => {
    const made = entries.map(([name, call]): [string, Call | undefined] => [name, kind(call)]);
    return Object.fromEntries(made.filter((entry): entry is [string, Call] => entry[1] !== undefined));
  };
  // The types and the descriptions are generated from one document.
  const api = each((call) =>
    call.answer === 'lines'
      ? (given = {}, options = {}) => lines(() => make(call, given, options) as Promise<Response>, options.signal)
      : (given = {}, options = {}) => make(call, given, options),
  ) as unknown as Api;
  const all = each((call) =>
    call.answer === 'page'
      ? (given = {}, options = {}) =>
          goThrough((page) => make(call, { ...given, page }, options) as Promise<Page<unknown>>)
      : undefined,
  ) as unknown as Collections;
  return { api, all };
}

type Caller = (call: CallDescription, given: Given, options: CallOptions) => Promise<unknown>;

function createCaller(settings: Settings, tokens: TokenSource, authorisedFetch: AuthorisedFetch): Caller {
  const { baseUrl, environment, maxWaitSeconds, timeoutSeconds } = settings;
  const { origin } = baseUrl;

  async function callOnce(call: CallDescription, given: Given, signal: AbortSignal | undefined): Promise<unknown> {
    const url = urlOf(call, given, baseUrl);
    const init: RequestInit = { method: call.method, ...bodyOf(call, given), credentials: 'omit', cache: 'no-store' };
    // Before the time of the request runs: somebody may have to look for a second factor.
    if (call.sendsToken) await tokens.authToken(signal);
    const readsItself = call.answer === 'lines' || call.answer === 'response';
    // Of what the caller reads, the time ends with the headers.
    return inTime({ environment, origin, timeoutSeconds, signal }, async (ending) => {
      const response = await send(call, url, { ...init, signal: ending });
      if (readsItself && response.ok) return response;
      const text = await response.text();
      if (!response.ok) throw errorOf({ response, text }, environment.now(), secretsOf(given));
      return readAnswer(call, response, text);
    });
  }

  async function send(call: CallDescription, url: URL, init: RequestInit): Promise<Response> {
    if (call.sendsToken) return authorisedFetch(url, init);
    const response = await environment.fetch(url.href, { ...init, redirect: 'manual' });
    if (isRedirect(response)) throw new ClientError('RedirectRefused', `${origin} answers this call with a redirect`);
    return response;
  }

  return (call, given, { signal }) =>
    withBackOff(() => callOnce(call, given, signal), {
      environment,
      maxWaitSeconds,
      signal,
      closing: tokens.closing,
      // What was refused for being too much was not done; of anything else nobody knows.
      mayRepeat: (error) => call.method === 'GET' || error.code === 'TooManyRequests',
    });
}

function readAnswer(call: CallDescription, response: Response, text: string): unknown {
  if (call.answer === 'nothing' || response.status === 204) return undefined;
  if (call.answer === 'location') {
    const id = Number(/\/(\d+)$/.exec(response.headers.get('location') ?? '')?.[1]);
    if (Number.isNaN(id)) {
      throw unexpected(
        response,
        'It was made, but its id in the header Location is missing, or not shown to this page',
      );
    }
    return { id };
  }
  const parsed = parseJson(text);
  if (parsed === undefined) throw unexpected(response, 'The answer is no JSON');
  const json = parsed.value;
  if (call.answer === 'json') return json;
  const count = (name: string): number => Number(response.headers.get(name) ?? Number.NaN);
  const page: Page<unknown> = {
    items: Array.isArray(json) ? json : [],
    totalCount: count('x-total-count'),
    totalPages: count('x-total-pages'),
    currentPage: count('x-current-page'),
    countPerPage: count('x-count-per-page'),
  };
  if (!Array.isArray(json) || Number.isNaN(page.totalPages) || Number.isNaN(page.currentPage)) {
    throw unexpected(response, 'The answer is no page of a collection');
  }
  return page;
}

function unexpected({ status }: Response, message: string): ClientError {
  return new ClientError('UnexpectedAnswer', message, { status });
}

async function* goThrough(get: (page: number) => Promise<Page<unknown>>): AsyncGenerator<unknown, void, undefined> {
  for (let number = 1; ; number += 1) {
    const page = await get(number);
    // Beyond the last page the last one comes, again.
    if (page.currentPage < number) return;
    yield* page.items;
    if (number >= page.totalPages) return;
  }
}

async function* lines(
  send: () => Promise<Response>,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown, void, undefined> {
  yield* readLines(await send(), signal);
}
