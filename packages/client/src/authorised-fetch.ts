import { ClientError } from './client-error.ts';
import { parseUrl } from './parse-url.ts';
import { isRedirect, unreachable } from './send.ts';
import type { Settings } from './settings.ts';
import type { TokenSource } from './token-source.ts';

/** As the platform's `fetch`, with the auth token in the header `Authorization`. */
export type AuthorisedFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

const maxRedirects = 20;
/** How long a 401 is no reason for another token, after another token did not help. */
const vainForMs = 60_000;
/** What belongs to one origin and does not go on to the next. */
const headersOfOrigin = ['authorization', 'cookie', 'proxy-authorization'];
const headersOfBody = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length'];

/** A request in parts, so that it can be sent again. */
interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: NonNullable<RequestInit['body']> | null;
  readonly rest: RequestInit;
}

export function createAuthorisedFetch(settings: Settings, tokens: TokenSource): AuthorisedFetch {
  const { baseUrl, origins, environment } = settings;
  let vainUntil = 0;

  return async (input, init = {}) => {
    const request = typeof input === 'object' && 'headers' in input ? input : undefined;
    const url = parseUrl(request === undefined ? String(input) : request.url, baseUrl);
    if (url === undefined) throw new ClientError('InvalidOptions', 'What is to be fetched is no URL');
    if (!origins.has(url.origin)) {
      throw new ClientError(
        'OriginNotAllowed',
        `The auth token is not for ${url.origin}: name it in allowedOrigins if it is`,
      );
    }
    const outgoing = await readRequest(url, request, init);
    const signal = outgoing.rest.signal ?? undefined;
    const token = await tokens.authToken(signal);
    const { response, carriedToken } = await follow(settings, outgoing, token);
    const isForToken = response.status === 401 && carriedToken;
    if (!isForToken || !isRepeatable(outgoing.body) || environment.now() < vainUntil) return response;
    await response.body?.cancel();
    const repeated = await follow(settings, outgoing, await tokens.otherThan(token, signal));
    // Not for the token's sake, then: to get another for each would only burden the service.
    if (repeated.response.status === 401) vainUntil = environment.now() + vainForMs;
    return repeated.response;
  };
}

async function readRequest(url: URL, request: Request | undefined, init: RequestInit): Promise<Outgoing> {
  const { method, headers, body, ...rest } = init;
  return {
    url,
    method: (method ?? request?.method ?? 'GET').toUpperCase(),
    headers: new Headers(headers ?? request?.headers),
    body: body ?? (await readBody(request)),
    rest: { ...(request === undefined ? {} : optionsOf(request)), ...rest },
  };
}

/** The body of a request, whole: it may have to be sent again, and not every browser has it as a stream, or sends one. */
async function readBody(request: Request | undefined): Promise<ArrayBuffer | null> {
  if (request === undefined || request.method === 'GET' || request.method === 'HEAD') return null;
  if (request.bodyUsed) throw new ClientError('InvalidOptions', 'The body of the request was read already');
  const octets = await request.arrayBuffer();
  return octets.byteLength === 0 ? null : octets;
}

/** What a request says of how it is to be sent. */
function optionsOf(request: Request): RequestInit {
  const { cache, credentials, integrity, keepalive, mode, referrer, referrerPolicy, signal, redirect } = request;
  return { cache, credentials, integrity, keepalive, mode, referrer, referrerPolicy, signal, redirect };
}

/** Whether a body is still whole after it was sent: a stream is not. */
function isRepeatable(body: Outgoing['body']): boolean {
  if (body === null || typeof body === 'string') return true;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return true;
  return body instanceof URLSearchParams || body instanceof FormData || body instanceof Blob;
}

/** An answer, and whether what it answers had the token. */
interface Followed {
  readonly response: Response;
  readonly carriedToken: boolean;
}

/** Sends a request and goes where redirects lead, as fetch does; but the token goes to none but the allowed origins. */
async function follow({ origins, environment }: Settings, first: Outgoing, token: string): Promise<Followed> {
  let outgoing = first;
  let isTrusted = true;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    // Once it has led elsewhere, nobody knows who sent it back.
    isTrusted = isTrusted && origins.has(outgoing.url.origin);
    const response = await sendOn(environment.fetch, outgoing, isTrusted ? token : undefined);
    const { redirect = 'follow' } = outgoing.rest;
    if (!isRedirect(response) || redirect === 'manual') return { response, carriedToken: isTrusted };
    await response.body?.cancel();
    if (redirect === 'error') throw refuse(`${outgoing.url.origin} answers with a redirect`, response);
    outgoing = redirected(outgoing, response);
  }
  throw new ClientError('RedirectRefused', `${first.url.origin} redirects more than ${maxRedirects} times`);
}

async function sendOn(
  fetch: Settings['environment']['fetch'],
  { url, method, headers, body, rest }: Outgoing,
  token: string | undefined,
): Promise<Response> {
  const all = new Headers(headers);
  if (token !== undefined) all.set('authorization', `Bearer ${token}`);
  try {
    return await fetch(url.href, {
      ...rest,
      method,
      headers: all,
      redirect: 'manual',
      ...(body === null ? {} : { body }),
      // Asked for with streams, which are sent before the answer comes. With credentials of the platform's, a 401 to one would
      // be no answer but a failure (Fetch Standard, "HTTP-network-or-cache fetch", step 14), as it is in Node 24.
      ...(isRepeatable(body) ? {} : { duplex: 'half', credentials: rest.credentials ?? 'omit' }),
    });
  } catch (error) {
    rest.signal?.throwIfAborted();
    throw unreachable(url.origin, error);
  }
}

/** The request that follows a redirect (Fetch Standard, "HTTP-redirect fetch"). */
function redirected(outgoing: Outgoing, response: Response): Outgoing {
  const { status, headers: answered } = response;
  const location = answered.get('location');
  if (location === null) {
    throw refuse(
      `${outgoing.url.origin} answers with a redirect that does not say where to, or that is not shown here`,
      response,
    );
  }
  const url = parseUrl(location, outgoing.url);
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw refuse(`${outgoing.url.origin} redirects to what is no URL of HTTP`, response);
  }
  const { method } = outgoing;
  const isGet = (status === 303 && method !== 'HEAD') || ([301, 302].includes(status) && method === 'POST');
  const isElsewhere = url.origin !== outgoing.url.origin;
  const body = isGet ? null : outgoing.body;
  if (body !== null && isElsewhere) throw refuse(`A body is not sent on to ${url.origin}`, response);
  if (!isRepeatable(body)) throw refuse('A body that is a stream can’t be sent again', response);
  const headers = new Headers(outgoing.headers);
  for (const name of isElsewhere ? headersOfOrigin : []) headers.delete(name);
  for (const name of isGet ? headersOfBody : []) headers.delete(name);
  return { ...outgoing, url, headers, body, method: isGet && method !== 'HEAD' ? 'GET' : method };
}

function refuse(message: string, response: Response): ClientError {
  return new ClientError('RedirectRefused', message, { status: response.status === 0 ? undefined : response.status });
}
