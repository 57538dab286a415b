import { effectiveRoles } from './exchange.ts';
import type { Stores } from './ports.ts';
import { endAuthTokensOfApplicationTokens } from './revocation.ts';
import { noRoles } from './role.ts';
import type { Service } from './service.ts';

/** Ends the auth tokens of every application token that a user made: they rest, or go. */
export async function endAuthTokensOfMaker(service: Service, stores: Stores, userId: number): Promise<void> {
  const tokens = await stores.listTokensOfMaker(userId, service.clock.now());
  await endAuthTokensOfApplicationTokens(
    service,
    stores,
    tokens.map(({ id }) => id),
  );
}

/**
 * Takes something away from a user in a workspace, and ends the auth tokens of the application tokens that have no rights
 * left by it: those are refused from then on as revoked ones are.
 */
export async function endAuthTokensOfResting(
  service: Service,
  stores: Stores,
  userId: number,
  takeAway: () => Promise<void>,
): Promise<void> {
  const before = await listWorkingIds(service, stores, userId);
  await takeAway();
  const after = new Set(await listWorkingIds(service, stores, userId));
  await endAuthTokensOfApplicationTokens(
    service,
    stores,
    before.filter((id) => !after.has(id)),
  );
}

/** The application tokens of a maker that have rights now. */
async function listWorkingIds(service: Service, stores: Stores, userId: number): Promise<number[]> {
  const tokens = await stores.listTokensOfMaker(userId, service.clock.now());
  const rolesIn = new Map<number, number>();
  for (const id of new Set(tokens.map(({ organisation }) => organisation.id))) {
    rolesIn.set(id, (await stores.findWorkspace(userId, id))?.roles ?? noRoles);
  }
  return tokens
    .filter(({ organisation, roles }) => {
      const creatorRoles = rolesIn.get(organisation.id) ?? noRoles;
      return effectiveRoles({ roles, creatorRoles }) !== noRoles;
    })
    .map(({ id }) => id);
}
