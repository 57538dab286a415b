import type { RoleName } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { type RoleSet, roleNames } from './role.ts';
import type { Caller } from './service.ts';

/** What a role may permit. */
export type Permission =
  | 'application_token.create'
  | 'application_token.list'
  | 'application_token.change_any'
  | 'application_token.change_own'
  | 'event.list'
  | 'event.list_own'
  | 'organisation.read'
  | 'organisation.update'
  | 'second_factor.manage_any'
  | 'second_factor.manage_own'
  | 'session.manage_any'
  | 'session.manage_own'
  | 'user.change_roles'
  | 'user.create'
  | 'user.delete'
  | 'user.list'
  | 'user.read_own'
  | 'user.update'
  | 'user.update_own'
  | 'workspace.leave'
  | 'workspace.list_own'
  | 'workspace.manage'
  | 'workspace.switch';

const everyone: readonly Permission[] = [
  'application_token.create',
  'application_token.list',
  'event.list_own',
  'organisation.read',
  'second_factor.manage_own',
  'session.manage_own',
  'user.read_own',
  'user.update_own',
  'workspace.leave',
  'workspace.list_own',
  'workspace.switch',
];

const administrator: readonly Permission[] = [
  ...everyone,
  'application_token.change_any',
  'application_token.change_own',
  'event.list',
  'second_factor.manage_any',
  'organisation.update',
  'session.manage_any',
  'user.change_roles',
  'user.create',
  'user.delete',
  'user.list',
  'user.update',
  'workspace.manage',
];

/** The permission table (contract §6): what each role permits. */
export const rolePermissions: Readonly<Record<RoleName, readonly Permission[]>> = {
  SuperAdmin: administrator,
  Administrator: administrator,
  User: [...everyone, 'application_token.change_own'],
  Observer: [...everyone, 'event.list'],
  Service: [],
};

/** Whether one of the roles permits it. */
export function isPermitted(roles: RoleSet, permission: Permission): boolean {
  return roleNames(roles).some((name) => rolePermissions[name].includes(permission));
}

/** Whether the caller's roles permit it and, where an operator supports the user, the user's as well. */
export function isPermittedTo({ roles, support }: Caller, permission: Permission): boolean {
  return isPermitted(roles, permission) && (support === undefined || isPermitted(support.userRoles, permission));
}

/**
 * Refuses a caller whose roles do not permit something.
 *
 * @throws Refusal Forbidden
 */
export function requirePermission(caller: Caller, permission: Permission): void {
  if (!isPermittedTo(caller, permission)) {
    throw new Refusal('Forbidden', { reason: `needs ${permission}` });
  }
}

/** Whether the caller is the user in person: no application token, and no operator who supports the user. */
export function isInPerson(caller: Caller): boolean {
  return caller.applicationToken === undefined && caller.support === undefined;
}

/**
 * Refuses whoever is not the user in person: application tokens, which never manage users, passwords or second factors
 * (contract §6), and operators who support the user.
 *
 * @throws Refusal Forbidden
 */
export function requireInPerson(caller: Caller): void {
  refuseApplicationToken(caller);
  if (caller.support !== undefined) {
    throw new Refusal('Forbidden', { message: 'Only the user in person may do this', reason: 'support access' });
  }
}

/**
 * Refuses application tokens.
 *
 * @throws Refusal Forbidden
 */
export function refuseApplicationToken(caller: Caller): void {
  if (caller.applicationToken !== undefined) {
    throw new Refusal('Forbidden', { message: 'Application tokens may not do this', reason: 'application token' });
  }
}
