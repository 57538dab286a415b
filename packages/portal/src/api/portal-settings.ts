import type { PortalSettings } from '@keywright/contract';
import { queryOptions } from '@tanstack/react-query';
import { send } from './send.ts';

/** What the pages have to know before anybody is signed in; it changes with a restart, and the set-up once. */
export const settingsQuery = queryOptions({
  queryKey: ['portal', 'settings'],
  queryFn: async ({ signal }): Promise<PortalSettings> =>
    (await send({ method: 'GET', path: '/portal/settings', signal })).json(),
  staleTime: 60_000,
});
