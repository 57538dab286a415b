import { drawId } from './random-id.ts';
import type { User } from './records.ts';
import type { Service } from './service.ts';

/**
 * A user whose username is yet to be confirmed, or who stands for somebody that is invited, holds no username: what stands
 * in the place of one is random, and has the capital letters that no normalised username has. So nobody is kept from a
 * name by those who only claim it, nor learns from it who exists.
 */
function unconfirmedKey(service: Service, prefix: 'Renamed' | 'Invited'): string {
  return `${prefix}:${drawId(service.random)}`;
}

/** What a user holds from a change of the username until its confirmation. */
export function renamedKey(service: Service): string {
  return unconfirmedKey(service, 'Renamed');
}

/** What an invitation holds. */
export function invitedKey(service: Service): string {
  return unconfirmedKey(service, 'Invited');
}

/** Whether an account that is in use waits for its new username to be confirmed. */
export function isRenamed(user: User): boolean {
  return user.pendingUsernameKey !== null && !isUnused(user);
}

/** Whether nobody has ever signed in with this account. */
export function isUnused(user: User): boolean {
  return user.passwordHash === null;
}

/**
 * Which organisation learns of what strangers did with a username. Of an account that nobody has used yet none does: who has
 * made one would miss the event where the name has an account elsewhere, for which an invitation stands in its place.
 */
export function organisationToTell(user: User | undefined): number | null {
  return user === undefined || isUnused(user) ? null : user.organisationId;
}
