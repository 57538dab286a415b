import { bearerToken, isHeld, renew } from '../session/session.ts';
import { ApiError, isApiError } from './api-error.ts';
import { type ListPage, type ListRequest, listParameters, readListPage } from './list-request.ts';
import { type ApiRequest, send } from './send.ts';

type Options = Pick<ApiRequest, 'query' | 'signal'>;

/**
 * Calls the API as who is signed in. A token that is refused is renewed once; where the session has ended, the page is
 * on its way to the sign-in when this throws.
 *
 * @throws ApiError, ConnectionError
 */
async function call(request: ApiRequest): Promise<Response> {
  const bearer = await bearerToken();
  if (bearer === undefined) throw signedOut();
  try {
    return await send({ ...request, bearer });
  } catch (error) {
    if (!isApiError(error, 'InvalidToken', 'TokenExpired') || error.status !== 401) throw error;
    if (isHeld(bearer)) await renew();
    const next = await bearerToken();
    if (next === undefined || next === bearer) throw error;
    return send({ ...request, bearer: next });
  }
}

function signedOut(): ApiError {
  return new ApiError(401, { error_token: 'InvalidToken' }, new Headers());
}

/** Reads a resource. */
export async function getResource<T>(path: string, options: Options = {}): Promise<T> {
  return (await call({ method: 'GET', path, ...options })).json();
}

/** Reads a page of a collection. */
export async function getList<T>(path: string, list: ListRequest, signal?: AbortSignal): Promise<ListPage<T>> {
  const response = await call({ method: 'GET', path, query: listParameters(list), signal });
  return readListPage(await response.json(), response.headers);
}

/** Reads a text that is no JSON document. */
export async function getText(path: string, options: Options = {}): Promise<string> {
  return (await call({ method: 'GET', path, ...options })).text();
}

/** Changes something where the answer has no body, or one that does not matter. */
export async function change(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<void> {
  await call({ method, path, body });
}

/** Changes something, and reads what comes of it. */
export async function changeFor<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
): Promise<T> {
  return (await call({ method, path, body })).json();
}

/** Changes something without being signed in: sign-up, activation, forgotten password. */
export async function changePublicly(path: string, body: object): Promise<void> {
  await send({ method: 'POST', path, body });
}
