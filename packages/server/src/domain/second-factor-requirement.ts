import { Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import type { Stores } from './ports.ts';
import type { NewEvent, Organisation, Session } from './records.ts';
import { listActiveMfaKeys } from './second-factor-use.ts';
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

/**
 * Lets a session into a workspace that requires a second factor, unless it began with the password alone: it may be from
 * before its user was assigned there, when none was asked for.
 *
 * @throws Refusal InvalidToken
 */
export async function requireFactorBehind(service: Service, session: Session, workspaceId: number): Promise<void> {
  const { database } = service;
  if (!(await database.isSecondFactorRequired([workspaceId]))) return;
  if ((await database.findSecondFactorAt(session.id)) !== undefined) return;
  // A trusted device vouched for a factor that was in force by then.
  const factors = await listActiveMfaKeys(database, session.userId);
  if (factors.some(({ activatedAt }) => activatedAt !== null && activatedAt < session.createdAt)) return;
  throw new Refusal('InvalidToken', {
    message: 'Sign in again to switch to this workspace: it requires a second factor',
    reason: 'the workspace requires a second factor, and the session began with the password alone',
  });
}
