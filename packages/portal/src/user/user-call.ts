import type { UserResource } from '@keywright/contract';
import { change } from '../api/api.ts';
import { type PersonRole, roleId } from '../role/role.ts';

/** Sets the status of an account, or of a guest's place in the organisation that the reader works in. */
export async function setUserStatus(user: UserResource, place: Place, status: number): Promise<void> {
  const path = place === undefined ? `/api/v1/user/${user.id}` : placePath(user, place);
  await change('PATCH', path, { status: { id: status } });
}

/** The organisation whose place of a user is meant, where their account belongs to another one; else undefined. */
export type Place = number | undefined;

/** Takes a user's place in an organisation from them; their account stays. */
export async function removeFromOrganisation(user: UserResource, organisationId: number): Promise<void> {
  await change('DELETE', placePath(user, organisationId));
}

function placePath(user: UserResource, organisationId: number): string {
  return `/api/v2/user/${user.id}/workspace/${organisationId}`;
}

/** Deletes an account. @param heirId who takes over its application tokens; undefined: they are revoked */
export async function deleteUser(user: UserResource, heirId: number | undefined): Promise<void> {
  const query = heirId === undefined ? '' : `?transfer_to=${heirId}`;
  await change('DELETE', `/api/v1/user/${user.id}${query}`);
}

/** Removes every second factor of a user. */
export async function removeFactors(user: UserResource): Promise<void> {
  for (const { id } of user.mfa) await change('DELETE', `/api/v1/user/${user.id}/mfa/${id}`);
}

/** Gives a user these roles and no others; what is given comes first, so that nobody is left without any. */
export async function setRoles(user: UserResource, wanted: readonly PersonRole[]): Promise<void> {
  const ids = new Set(wanted.map(roleId));
  const present = new Set(user.roles.map(({ id }) => id));
  for (const id of ids) if (!present.has(id)) await change('PUT', `/api/v1/user/${user.id}/role/${id}`);
  for (const id of present) if (!ids.has(id)) await change('DELETE', `/api/v1/user/${user.id}/role/${id}`);
}
