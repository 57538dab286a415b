import { eventOf } from './event.ts';
import type { ApplicationToken, NewEvent } from './records.ts';
import type { Actor, Service } from './service.ts';

/** What happened to an application token, and by whom; never its secret. */
export function tokenEvent(
  service: Service,
  actor: Actor,
  type: 'ApplicationTokenCreated' | 'ApplicationTokenUpdated' | 'ApplicationTokenRevoked' | 'ApplicationTokenRotated',
  token: Pick<ApplicationToken, 'id' | 'organisation'>,
  detail: Readonly<Record<string, unknown>> = {},
): NewEvent {
  const verb = type.slice('ApplicationToken'.length).toLowerCase();
  return eventOf(service, actor.client, {
    type,
    organisationId: token.organisation.id,
    userId: actor.userId,
    description: `Application token ${token.id} was ${verb} by ${actor.name}`,
    detail: { application_token_id: token.id, ...detail },
  });
}
