import { endAuthTokensOfResting } from './application-token-rest.ts';
import type { Stores } from './ports.ts';
import { endAuthTokensOfUser } from './revocation.ts';
import { hasRole, noRoles, type RoleSet } from './role.ts';
import type { Service } from './service.ts';
import type { Assignment } from './workspace-port.ts';

/**
 * Takes a user's place in a workspace away, or roles of it, within a transaction that holds the user. Where nothing is left
 * of it, the user's auth tokens end: a SuperAdmin of a main organisation loses those of its direct children too. The user's
 * other sessions go on, and get new ones. So do the auth tokens of application tokens that the user made and that have no
 * rights left.
 *
 * Other changes of roles end nothing (contract §6): our own API sees them at once.
 *
 * @param left the roles that are left
 */
export async function losePlace(
  service: Service,
  stores: Stores,
  place: Assignment,
  left: RoleSet,
  takeAway: () => Promise<void>,
): Promise<void> {
  const { userId, organisation, roles } = place;
  await endAuthTokensOfResting(service, stores, userId, takeAway);
  const isGone = left === noRoles || (hasRole(roles, 'SuperAdmin') && !hasRole(left, 'SuperAdmin'));
  // Nobody has tokens for a place that was not active.
  if (!isGone || place.status !== 1 || roles === noRoles) return;
  const parentId = (await stores.findOrganisation(organisation.id))?.parentId ?? null;
  await endAuthTokensOfUser(service, stores, userId, [{ organisationId: organisation.id, parentId, roles }]);
}
