import type { ApplicationTokenResource } from '@keywright/contract';
import type { SessionClaims } from '../session/session-claims.ts';

/** A status that nothing leads out of. */
export const revokedStatus = 1;

/** Whether the reader may edit, revoke and rotate a token: administrators every one, users their own. */
export function mayChange(token: ApplicationTokenResource, claims: SessionClaims): boolean {
  if (claims.roles.some((role) => role === 'Administrator' || role === 'SuperAdmin')) return true;
  return claims.roles.includes('User') && token.creator !== null && claims.sub === `user:${token.creator.id}`;
}
