import type { ErrorBody, portalHeader } from '@keywright/contract';
import { ApiError, ConnectionError } from './api-error.ts';
import { noteAnswer, noteNoAnswer } from './connection.ts';

/** A request to our own server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: URLSearchParams | undefined;
  /** Sent as JSON. */
  readonly body?: object | undefined;
  readonly bearer?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

type PortalHeader = typeof portalHeader;

/** What our calls carry, by which the service knows them: no page of another origin can. */
const portalHeaders = { 'X-Keywright-Portal': '1' } satisfies Record<PortalHeader['name'], PortalHeader['value']>;

const timeoutMs = 30_000;

/**
 * Sends a request and answers the response, where it is a success.
 *
 * @throws ApiError where the server refuses; ConnectionError where it does not answer
 */
export async function send(request: ApiRequest): Promise<Response> {
  const response = await fetchAnswer(request);
  if (response.ok) {
    noteAnswer();
    return response;
  }
  const body = await readErrorBody(response);
  // A proxy that finds no server behind it says so in words of its own.
  if (body === undefined && response.status >= 502) {
    noteNoAnswer();
    throw new ConnectionError(`HTTP ${response.status}`);
  }
  noteAnswer();
  throw new ApiError(response.status, body ?? {}, response.headers);
}

async function fetchAnswer(request: ApiRequest): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const { method, body, signal } = request;
  try {
    return await fetch(urlOf(request), {
      method,
      headers: headersOf(request),
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    noteNoAnswer();
    throw new ConnectionError('no answer', { cause: error });
  }
}

function urlOf({ path, query }: ApiRequest): string {
  const text = query?.toString() ?? '';
  return text === '' ? path : `${path}?${text}`;
}

function headersOf({ body, bearer }: ApiRequest): Record<string, string> {
  return {
    ...portalHeaders,
    accept: 'application/json',
    // Mails that a call asks for are in the language of the page.
    'accept-language': document.documentElement.lang,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  };
}

async function readErrorBody(response: Response): Promise<Partial<ErrorBody> | undefined> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}
