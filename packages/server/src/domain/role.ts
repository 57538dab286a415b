import { type Role, type RoleName, roleIds } from '@keywright/contract';
import { Refusal } from './errors.ts';

/** A set of roles: bit n stands for the role with id n. */
export type RoleSet = number;

export const noRoles: RoleSet = 0;

/** No role has the id 0: its bit marks roles that a token did not name but had of a maker who is gone. */
const inheritedMark: RoleSet = 1;

/** Roles that an application token keeps of a former maker, without having named them itself. */
export function inheritedRoles(roles: RoleSet): RoleSet {
  return roles | inheritedMark;
}

/** Whether an application token names a role itself, which lets it do more than one that only has it of its maker. */
export function namesRole(roles: RoleSet | null, name: RoleName): boolean {
  return roles !== null && (roles & inheritedMark) === 0 && hasRole(roles, name);
}

const names = Object.keys(roleIds) as RoleName[];

/** The set of the named roles. */
export function roleSet(...roleNames: readonly RoleName[]): RoleSet {
  return roleNames.reduce((set, name) => set | (1 << roleIds[name]), noRoles);
}

export function hasRole(roles: RoleSet, name: RoleName): boolean {
  return (roles & (1 << roleIds[name])) !== 0;
}

const nameLists = new Map<RoleSet, readonly RoleName[]>();

/** The names of the roles in a set, as tokens carry them. */
export function roleNames(roles: RoleSet): readonly RoleName[] {
  let list = nameLists.get(roles);
  if (list === undefined) {
    list = names.filter((name) => hasRole(roles, name));
    nameLists.set(roles, list);
  }
  return list;
}

/** The roles in a set, as resources show them. */
export function roleResources(roles: RoleSet): Role[] {
  return roleNames(roles).map((name) => ({ id: roleIds[name], name }));
}

/**
 * The set that `[{ id }]` in a request names.
 *
 * @throws Refusal InputValidationFailed naming the property where an id is none of ours
 */
export function readRoles(property: string, references: readonly { readonly id: number }[]): RoleSet {
  let roles = noRoles;
  for (const { id } of references) {
    const name = names.find((candidate) => roleIds[candidate] === id);
    if (name === undefined) {
      const known = names.map((candidate) => `${roleIds[candidate]} ${candidate}`).join(', ');
      throw new Refusal('InputValidationFailed', {
        problems: [{ token: 'InvalidReference', message: `${property} - there is no role ${id}; there are ${known}.` }],
      });
    }
    roles |= 1 << id;
  }
  return roles;
}

/** Which roles' rights each role includes, its own among them. */
const included: Readonly<Record<RoleName, RoleSet>> = {
  SuperAdmin: roleSet('SuperAdmin', 'Administrator', 'User', 'Observer'),
  Administrator: roleSet('Administrator', 'User', 'Observer'),
  User: roleSet('User'),
  Observer: roleSet('Observer'),
  Service: roleSet('Service'),
};

/**
 * The roles in a workspace: those of the assignment to it, and SuperAdmin where the user is one in the main organisation
 * that it is a direct child of (contract §6).
 *
 * @param inMain the roles in that main organisation, null where there are none
 */
export function workspaceRoles(assigned: RoleSet | null, inMain: RoleSet | null): RoleSet {
  return (assigned ?? noRoles) | ((inMain ?? noRoles) & roleSet('SuperAdmin'));
}

/**
 * Every role that an operator may take in the place of holders of `roles`: those that they may pass on, and the observer's,
 * who in that place sees no more than they do: see `isPermittedTo`.
 */
export function supportableRoles(roles: RoleSet): RoleSet {
  return roles === noRoles ? noRoles : grantableRoles(roles) | roleSet('Observer');
}

/** Every role that holders of `roles` may pass on: their own, and those whose rights theirs include. */
export function grantableRoles(roles: RoleSet): RoleSet {
  return roleNames(roles).reduce((set, name) => set | included[name], noRoles);
}
