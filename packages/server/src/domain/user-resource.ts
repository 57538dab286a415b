import { type UserResource, userStatuses } from '@keywright/contract';
import type { CollectionFields } from './collection-fields.ts';
import { noRoles, roleResources } from './role.ts';
import { mfaResources } from './second-factor-rules.ts';
import type { Service } from './service.ts';
import type { SeenUser } from './workspace-port.ts';

/** What users can be filtered and sorted on (contract §6). */
export const userFields: CollectionFields = {
  id: { kind: 'number', sortable: true },
  status: { kind: 'lookup', sortable: true },
  name: { kind: 'text', sortable: true },
  username: { kind: 'text', sortable: true },
  organisation: { kind: 'lookup', sortable: true },
  created: { kind: 'time', sortable: true, filterable: false },
  second_factor: { kind: 'boolean' },
};

/** Users as the API shows them to those who see them. */
export async function userResources(service: Service, users: readonly SeenUser[]): Promise<UserResource[]> {
  const keys = await service.database.listMfaKeysOf(users.map(({ id }) => id));
  const byUser = Map.groupBy(keys, ({ userId }) => userId);
  return users.map((user) => ({
    id: user.id,
    username: user.username,
    name: user.name,
    created: new Date(user.createdAt).toISOString(),
    status: statusResource(user.status),
    organisation: { id: user.organisationId, name: user.organisationName },
    roles: roleResources(user.seenIn?.roles ?? noRoles),
    language: user.language,
    mfa: mfaResources(service, byUser.get(user.id) ?? []),
  }));
}

/** One user: see {@link userResources}. */
export async function userResource(service: Service, user: SeenUser): Promise<UserResource> {
  const [resource] = await userResources(service, [user]);
  if (resource === undefined) throw new Error('a user gave no resource');
  return resource;
}

/** The status of a user, or of a place in a workspace. */
export function statusResource(id: number): UserResource['status'] {
  const status = userStatuses[id];
  if (status === undefined) throw new Error(`there is no user status ${id}`);
  return status;
}
