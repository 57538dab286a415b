import type { ApplicationTokenResource, RoleName, roleIds } from '@keywright/contract';
import type { SessionClaims } from '../session/session-claims.ts';

/** A status that nothing leads out of. */
export const revokedStatus = 1;

/** The ids of the roles on the wire; of the contract's module the pages take types alone. */
const idOf = { Administrator: 1, User: 2, Observer: 3, SuperAdmin: 4, Service: 5 } satisfies typeof roleIds;

/** What each role includes (the server decides; this only spares the reader what would be refused). */
const included: Readonly<Record<RoleName, readonly RoleName[]>> = {
  SuperAdmin: ['SuperAdmin', 'Administrator', 'User', 'Observer'],
  Administrator: ['Administrator', 'User', 'Observer'],
  User: ['User'],
  Observer: ['Observer'],
  Service: [],
};

/** The roles that the reader may narrow a token to, from the most to the least. */
export function grantableRoles(claims: SessionClaims): readonly RoleName[] {
  const own = new Set(claims.roles.flatMap((role) => included[role]));
  return (['SuperAdmin', 'Administrator', 'User', 'Observer'] as const).filter((role) => own.has(role));
}

/** The roles as the wire names them. */
export function roleReferences(roles: readonly RoleName[]): { id: number }[] {
  return roles.map((role) => ({ id: idOf[role] }));
}

/** Whether the reader may edit, revoke and rotate a token: administrators every one, users their own. */
export function mayChange(token: ApplicationTokenResource, claims: SessionClaims): boolean {
  if (claims.roles.some((role) => role === 'Administrator' || role === 'SuperAdmin')) return true;
  return claims.roles.includes('User') && token.creator !== null && claims.sub === `user:${token.creator.id}`;
}
