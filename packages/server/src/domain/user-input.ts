import type { CreateUser } from '@keywright/contract';
import { gatherProblems, invalidInput } from './errors.ts';
import { findNameProblems } from './name.ts';
import { grantableRoles, hasRole, noRoles, type RoleSet, readRoles, roleNames } from './role.ts';
import { checkUsername, normaliseUsername } from './username.ts';

/** Who is to be made or invited, checked. */
export interface NewPerson {
  readonly username: string;
  readonly usernameKey: string;
  readonly name: string;
  readonly roles: RoleSet;
  readonly organisationId: number;
}

/**
 * Checks who is to be made or invited.
 *
 * @param allowed `roles`: what the caller may act as; `organisationIds`: where it may put people, its own first
 * @throws Refusal InputValidationFailed with every problem listed
 */
export function readNewPerson(
  asked: CreateUser,
  allowed: { readonly roles: RoleSet; readonly organisationIds: readonly number[] },
  defaultRoles: RoleSet,
): NewPerson {
  const problems = [...checkUsername(asked.username), ...findNameProblems(asked.name, 'name')];
  const organisationId = asked.organisation?.id ?? allowed.organisationIds[0];
  if (organisationId === undefined || !allowed.organisationIds.includes(organisationId)) {
    const message = `organisation - there is no organisation ${organisationId} of yours`;
    problems.push({ token: 'InvalidReference', message });
  }
  const roles =
    asked.roles == null ? defaultRoles : gatherProblems(problems, () => readGrantedRoles(asked.roles, allowed.roles));
  if (problems.length > 0) throw invalidInput(problems);
  return {
    username: asked.username.trim(),
    usernameKey: normaliseUsername(asked.username),
    name: asked.name.trim(),
    roles: roles ?? noRoles,
    organisationId: organisationId ?? 0,
  };
}

function readGrantedRoles(asked: CreateUser['roles'], own: RoleSet): RoleSet {
  const roles = readRoles('roles', asked ?? []);
  const excess = roles & ~grantableRoles(own);
  if (excess === 0) return roles;
  const message = hasRole(excess, 'Service')
    ? 'roles - Service is for application tokens only.'
    : `roles - ${roleNames(excess).join(', ')} goes beyond your own roles (${roleNames(own).join(', ')}).`;
  throw invalidInput([{ token: 'NotAllowed', message }]);
}
