import type { UserResource } from '@keywright/contract';
import { sightScopeOf } from './organisation-scope.ts';
import { type Permission, requirePermission, rolePermissions } from './permission.ts';
import type { Page, PageQuery } from './records.ts';
import { noRoles, roleNames } from './role.ts';
import type { Caller, Service } from './service.ts';
import { findVisibleUser, isOneself } from './user-access.ts';
import { userResource, userResources } from './user-resource.ts';
import type { SeenUser } from './workspace-port.ts';

/**
 * Whoever is at home in, or assigned to, the caller's organisation and its direct children.
 *
 * @throws Refusal Forbidden
 */
export async function listUsers(service: Service, caller: Caller, query: () => PageQuery): Promise<Page<UserResource>> {
  requirePermission(caller, 'user.list');
  const scope = await sightScopeOf(service, caller);
  const page = await service.database.listSeenUsers(scope, query());
  return { ...page, rows: await userResources(service, page.rows) };
}

/**
 * The caller, or a user whom the caller sees.
 *
 * @param reference `my`, an id or a username
 * @throws Refusal Forbidden, NotFound
 */
export async function getUser(service: Service, caller: Caller, reference: string): Promise<UserResource> {
  return userResource(service, await findReadableUser(service, caller, reference));
}

/**
 * What the roles of a user permit in the workspace through which the caller sees them.
 *
 * @throws Refusal Forbidden, NotFound
 */
export async function listPermissions(service: Service, caller: Caller, reference: string): Promise<Permission[]> {
  const { seenIn } = await findReadableUser(service, caller, reference);
  const permissions = roleNames(seenIn?.roles ?? noRoles).flatMap((name) => rolePermissions[name]);
  return [...new Set(permissions)].sort();
}

async function findReadableUser(service: Service, caller: Caller, reference: string): Promise<SeenUser> {
  requirePermission(caller, isOneself(caller, reference) ? 'user.read_own' : 'user.list');
  return findVisibleUser(service, caller, reference);
}
