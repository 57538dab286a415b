import { QueryClient, queryOptions } from '@tanstack/react-query';
import { getList, getResource } from './api.ts';
import { ConnectionError } from './api-error.ts';
import { connectionStore } from './connection.ts';
import type { ListPage, ListRequest } from './list-request.ts';

const retries = 2;

/** Makes what keeps the answers of the API for the pages. */
export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        // Whether there is a network, requests tell better than the browser.
        networkMode: 'always',
        staleTime: 10_000,
        retry: (count, error) => error instanceof ConnectionError && count < retries,
        retryDelay: (attempt) => 500 * 2 ** attempt,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
  connectionStore.subscribe(() => {
    // Whatever is on the page may have changed while the server was away.
    if (connectionStore.get() === 'good') void client.invalidateQueries();
  });
  return client;
}

/**
 * The key of what is at a path: its segments after the version, so that `['application_token']` stands for the
 * collection and everything in it.
 */
function queryKeyOf(path: string): readonly string[] {
  return path.replace(/^\/api\/v\d+\//, '').split('/');
}

/** How a page reads a resource: `useQuery(resourceQuery<UserResource>('/api/v1/user/my'))`. */
export function resourceQuery<T>(path: string) {
  return queryOptions<T, Error, T, readonly unknown[]>({
    queryKey: queryKeyOf(path),
    queryFn: ({ signal }) => getResource<T>(path, { signal }),
  });
}

/** How a page reads a page of a collection; while the next is on its way, the one before stays. */
export function listQuery<T>(path: string, list: ListRequest) {
  return queryOptions<ListPage<T>, Error, ListPage<T>, readonly unknown[]>({
    queryKey: [...queryKeyOf(path), 'list', list],
    queryFn: ({ signal }) => getList<T>(path, list, signal),
    placeholderData: (previous) => previous,
  });
}
