import { endAuthTokensOfMaker } from './application-token-rest.ts';
import { notFound, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { NewEvent, User, UserStatus } from './records.ts';
import type { Actor, Service } from './service.ts';
import { endSessionsOf } from './session.ts';
import { changeState } from './state-change.ts';
import { confirmUsername } from './username-change.ts';

const done = ['is no longer suspended', 'was activated', 'was suspended'] as const;

/**
 * Gives a user another status, within a transaction that holds the user. A suspension ends every session, and the user's
 * application tokens are refused from then on.
 */
export async function setStatus(
  service: Service,
  stores: Stores & TransactionLocks,
  actor: Actor,
  user: User,
  status: UserStatus,
): Promise<NewEvent> {
  await stores.updateUser(user.id, { status });
  if (status === 2) {
    await endSessionsOf(service, stores, user.id, { reason: 'suspended' });
    await endAuthTokensOfMaker(service, stores, user.id);
  }
  return eventOf(service, actor.client, {
    type: status === 2 ? 'UserSuspended' : 'UserActivated',
    organisationId: user.organisationId,
    userId: user.id,
    description: `${user.username} ${done[status]}, by ${actor.name}`,
  });
}

/**
 * Suspends a user, whoever it is: for operators.
 *
 * @throws Refusal NotFound; Conflict where suspended already
 */
export async function suspendUser(service: Service, actor: Actor, userId: number): Promise<void> {
  await changeState(service, async (stores) => {
    const user = await holdOther(stores, userId, 2);
    return { result: undefined, events: [await setStatus(service, stores, actor, user, 2)] };
  });
}

/**
 * Activates a user who was suspended or never activated: for operators, who vouch for a username that is yet to be
 * confirmed.
 *
 * @throws Refusal NotFound; Conflict where active already, or somebody else has the username that is to be confirmed
 */
export async function activateUser(service: Service, actor: Actor, userId: number): Promise<void> {
  await changeState(service, async (stores) => {
    const found = await stores.findUser(userId);
    // The name before the user, as whoever takes or confirms a name holds them.
    if (typeof found?.pendingUsernameKey === 'string') await stores.lockUsername(found.pendingUsernameKey);
    const user = await holdOther(stores, userId, 1);
    const event = await setStatus(service, stores, actor, user, 1);
    if (user.pendingUsernameKey !== null && !(await confirmUsername(service, stores, { ...user, status: 1 }))) {
      throw new Refusal('Conflict', {
        message: `${user.username} can't be confirmed: the name belongs to somebody else`,
      });
    }
    return { result: undefined, events: [event] };
  });
}

/** Holds a user whose status is another than it is to be. */
async function holdOther(stores: TransactionLocks, userId: number, status: 1 | 2): Promise<User> {
  const user = await stores.holdUser(userId);
  if (user === undefined) throw notFound('User', userId);
  const name = status === 1 ? 'active' : 'suspended';
  if (user.status === status) throw new Refusal('Conflict', { message: `${user.username} is already ${name}` });
  return user;
}
