import { tokenMeasures } from './application-token-attention.ts';
import type { TokenScope } from './application-token-port.ts';
import { notFound, Refusal } from './errors.ts';
import { effectiveRoles } from './exchange.ts';
import { findEnd } from './live-caller.ts';
import { organisationIdsOf } from './organisation-scope.ts';
import { isInPerson, isPermittedTo, requirePermission } from './permission.ts';
import type { ApplicationToken } from './records.ts';
import { grantableRoles, noRoles, type RoleSet, roleSet } from './role.ts';
import type { Caller, Service } from './service.ts';

/** Which application tokens a caller sees, and by what they are measured. */
export async function scopeOf(service: Service, caller: Caller): Promise<TokenScope> {
  return { organisationIds: await organisationIdsOf(service, caller), ...tokenMeasures(service) };
}

/**
 * Finds a token that the caller sees.
 *
 * @throws Refusal NotFound
 */
export async function findToken(service: Service, caller: Caller, id: number): Promise<ApplicationToken> {
  const token = await service.database.findApplicationToken(id, await scopeOf(service, caller));
  if (token === undefined) throw notFound('Application token', id);
  return token;
}

/**
 * Finds a token that the caller may change by the permission table: any, or those that they made.
 *
 * @throws Refusal Forbidden, NotFound
 */
export async function findChangeableToken(service: Service, caller: Caller, id: number): Promise<ApplicationToken> {
  const any = isPermittedTo(caller, 'application_token.change_any');
  if (!any) requirePermission(caller, 'application_token.change_own');
  const token = await findToken(service, caller, id);
  if (!any && token.creator?.id !== caller.user.id) {
    throw new Refusal('Forbidden', { message: 'Your roles let you change only the application tokens that you made' });
  }
  return token;
}

/**
 * An application token makes, widens and rotates tokens only where its own roles name Administrator, and no more once it
 * has ended: a leaked one must not be able to outlive its revocation. Nor does an operator, whose support ends.
 *
 * @throws Refusal Forbidden
 */
export async function requireManager(service: Service, caller: Caller): Promise<void> {
  if (caller.support !== undefined) {
    throw new Refusal('Forbidden', { message: 'Support access does this not', reason: 'support access' });
  }
  if (caller.applicationToken !== undefined && !caller.applicationToken.namesAdministrator) {
    throw new Refusal('Forbidden', {
      message: 'An application token does this only where its own `roles` name Administrator',
      reason: 'application token without Administrator of its own',
    });
  }
  const reason = await findEnd(service, caller);
  if (reason !== undefined) {
    throw new Refusal('Forbidden', { message: 'An application token does this no more once it has ended', reason });
  }
}

/**
 * The roles that a caller may give an application token: those that they may pass on and, for a platform operator in person,
 * Service, which no user has.
 */
export async function rolesToGive(service: Service, caller: Caller): Promise<RoleSet> {
  const isOperator = isInPerson(caller) && (await service.database.isOperator(caller.user.id));
  return grantableRoles(caller.roles) | (isOperator ? roleSet('Service') : noRoles);
}

/**
 * Nobody takes over, or changes, a token that acts as more than they may (contract §6): rotating it answers its secret.
 *
 * @throws Refusal Forbidden
 */
export async function requireNotAboveCaller(service: Service, caller: Caller, token: ApplicationToken): Promise<void> {
  const now = await service.database.findApplicationTokenCaller(token.id);
  if (now === undefined) return;
  const excess = effectiveRoles(now) & ~grantableRoles(caller.roles);
  if (excess === noRoles || (excess & ~(await rolesToGive(service, caller))) === noRoles) return;
  throw new Refusal('Forbidden', { message: 'The application token has roles above your own; you may revoke it' });
}

/** What a change of a revoked token is refused with. */
export function revokedRefusal(): Refusal {
  return new Refusal('NotAllowed', { message: 'status - a revoked application token stays revoked; make another one' });
}
