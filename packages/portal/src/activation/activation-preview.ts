import type { ActivationPreviewResource } from '@keywright/contract';
import { queryOptions } from '@tanstack/react-query';
import { send } from '../api/send.ts';

/** Asks what a key is for; it is not used up by that. */
export function previewQuery(activationKey: string) {
  return queryOptions({
    // The key itself stays out of what is kept of queries.
    queryKey: ['portal', 'activation'],
    queryFn: async ({ signal }): Promise<ActivationPreviewResource> => {
      const body = { activationKey };
      return (await send({ method: 'POST', path: '/portal/activation', body, signal })).json();
    },
    // Its use changes the answer; whoever is at the form has had theirs.
    staleTime: Number.POSITIVE_INFINITY,
  });
}
