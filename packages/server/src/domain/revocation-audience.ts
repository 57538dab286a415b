import type { Stores } from './ports.ts';
import type { Audience, TokenPlace } from './revocation-port.ts';
import { hasRole } from './role.ts';

/*
 * A caller learns of what ends the tokens that are for its organisation, and for its organisation's direct children: others
 * don't exist for it. An entry is written long before anybody asks for it, when it may concern somebody who is deleted by
 * then, so it says itself who has to know.
 */

/** For those who work in any organisation. */
export const everybody: Audience = [0];

/** Who verifies tokens for one of the places: those who work there, in the organisation above, or below a SuperAdmin's. */
export function audienceOf(places: readonly TokenPlace[]): Audience {
  const audience = new Set<number>();
  for (const { organisationId, parentId, roles } of places) {
    audience.add(organisationId);
    if (parentId !== null) audience.add(parentId);
    // A SuperAdmin of a main organisation works in each of its direct children without a place there.
    else if (hasRole(roles, 'SuperAdmin')) audience.add(-organisationId);
  }
  return [...audience];
}

/** Who has to know what ends tokens for an organisation. */
export async function audienceOfOrganisation(stores: Stores, organisationId: number): Promise<Audience> {
  const parentId = (await stores.findOrganisation(organisationId))?.parentId ?? null;
  return audienceOf([{ organisationId, parentId, roles: 0 }]);
}

/** The numbers by which whoever works in an organisation finds what concerns it. */
export async function audiencesSeenBy(stores: Stores, organisationId: number): Promise<Audience> {
  const parentId = (await stores.findOrganisation(organisationId))?.parentId ?? null;
  return [...everybody, organisationId, ...(parentId === null ? [] : [-parentId])];
}
