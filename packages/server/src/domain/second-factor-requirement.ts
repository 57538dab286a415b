import { eventOf } from './event.ts';
import type { Stores } from './ports.ts';
import type { NewEvent, Organisation } from './records.ts';
import type { Actor, Service } from './service.ts';

/**
 * Says whether an organisation requires a second factor of those who are assigned to it, within a transaction of the
 * caller's. It counts from the next sign-in on; sessions that have begun go on.
 *
 * @returns the event of the change
 */
export async function requireSecondFactor(
  service: Service,
  stores: Stores,
  actor: Actor,
  change: { readonly organisation: Pick<Organisation, 'id' | 'name'>; readonly required: boolean },
): Promise<NewEvent> {
  const { organisation, required } = change;
  await stores.setSecondFactorRequired(organisation.id, required);
  return eventOf(service, actor.client, {
    type: 'SecondFactorRequirementChanged',
    organisationId: organisation.id,
    userId: actor.userId,
    description: `${organisation.name} ${required ? 'requires' : 'no longer requires'} a second factor, by ${actor.name}`,
  });
}
