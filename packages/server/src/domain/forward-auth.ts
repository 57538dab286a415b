import { type RoleName, roleIds } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { grantableRoles, type RoleSet, roleNames, roleSet } from './role.ts';
import type { Caller } from './service.ts';

/** Who a proxied request is from, as it stands in the headers for the API behind the proxy: plain ASCII, one line each. */
export interface ForwardedIdentity {
  /** `user:42` or `application_token:7`. */
  readonly subject: string;
  /** The platform operator who acts as the user, as `user:7`; where nobody else acts, the subject. Never absent, so that
   * no proxy leaves in its place what a client sent. */
  readonly actor: string;
  /** The organisation's id: names may hold what headers may not. */
  readonly organisation: string;
  /** The roles' names, between commas. */
  readonly roles: string;
}

/**
 * Decides whether a proxy may pass a request on.
 *
 * @param requirements each of them has to be met: by one of the roles that it names, between commas, or by one that includes it
 * @param caller as `identifyLiveCaller` finds it
 * @throws Refusal Forbidden where a requirement is not met; InputValidationFailed for a role that there is none of
 */
export function authoriseForwarded(caller: Caller, requirements: readonly string[]): ForwardedIdentity {
  const held = grantableRoles(caller.roles);
  // All are read before one is judged, so that a mistyped one shows to everybody.
  for (const required of requirements.map(readRoleNames)) {
    if ((held & required) === 0) throw new Refusal('Forbidden', { reason: 'lacks the role that the proxy requires' });
  }
  const { applicationToken, organisation, roles, support, user } = caller;
  const subject = applicationToken === undefined ? `user:${user.id}` : `application_token:${applicationToken.id}`;
  return {
    subject,
    actor: support === undefined ? subject : `user:${support.operatorId}`,
    organisation: String(organisation.id),
    roles: roleNames(roles).join(','),
  };
}

function readRoleNames(text: string): RoleSet {
  return roleSet(...text.split(',').map(readRoleName));
}

function readRoleName(text: string): RoleName {
  const names = Object.keys(roleIds) as RoleName[];
  const name = names.find((one) => one === text);
  if (name !== undefined) return name;
  throw new Refusal('InputValidationFailed', {
    problems: [{ token: 'InvalidReference', message: `role - there is no such role; there are ${names.join(', ')}.` }],
  });
}
