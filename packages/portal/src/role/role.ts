import type { RoleName, roleIds } from '@keywright/contract';

/** The roles that people have. */
export type PersonRole = Exclude<RoleName, 'Service'>;

/** The ids of the roles on the wire; of the contract's module the pages take types alone. */
const idOf = { Administrator: 1, User: 2, Observer: 3, SuperAdmin: 4, Service: 5 } satisfies typeof roleIds;

/** What each role includes (the server decides; this only spares the reader what would be refused). */
const included: Readonly<Record<RoleName, readonly PersonRole[]>> = {
  SuperAdmin: ['SuperAdmin', 'Administrator', 'User', 'Observer'],
  Administrator: ['Administrator', 'User', 'Observer'],
  User: ['User'],
  Observer: ['Observer'],
  Service: [],
};

/** The roles that somebody may pass on who has these, from the most to the least. */
export function grantableRoles(own: readonly RoleName[]): readonly PersonRole[] {
  const all = new Set(own.flatMap((role) => included[role]));
  return (['SuperAdmin', 'Administrator', 'User', 'Observer'] as const).filter((role) => all.has(role));
}

/** The id of a role on the wire. */
export function roleId(role: RoleName): number {
  return idOf[role];
}

/** The roles as the wire names them. */
export function roleReferences(roles: readonly RoleName[]): { id: number }[] {
  return roles.map((role) => ({ id: idOf[role] }));
}
