import type { Stores } from './ports.ts';
import type { User, Workspace } from './records.ts';

/** Where a user begins: in the home organisation, or else in the first that the user is assigned to. */
export function firstWorkspace(user: User, workspaces: readonly Workspace[]): Workspace | undefined {
  return workspaces.find(({ id }) => id === user.organisationId) ?? workspaces[0];
}

/** Finds where a user begins; undefined where assigned to no organisation. */
export async function findFirstWorkspace(stores: Stores, user: User): Promise<Workspace | undefined> {
  return firstWorkspace(user, await stores.listAssignedWorkspaces(user.id));
}
