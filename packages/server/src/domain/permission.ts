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
  | 'user.read_own';

const everyone: readonly Permission[] = [
  'application_token.create',
  'application_token.list',
  'event.list_own',
  'organisation.read',
  'user.read_own',
];

const administrator: readonly Permission[] = [
  ...everyone,
  'application_token.change_any',
  'application_token.change_own',
  'event.list',
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

/**
 * Refuses a caller whose roles do not permit something.
 *
 * @throws Refusal Forbidden
 */
export function requirePermission(caller: Caller, permission: Permission): void {
  if (!isPermitted(caller.roles, permission)) {
    throw new Refusal('Forbidden', { reason: `needs ${permission}` });
  }
}
