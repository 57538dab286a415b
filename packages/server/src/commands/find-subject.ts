import { tokenMeasures } from '../domain/application-token-attention.ts';
import type { ApplicationToken, Organisation, User } from '../domain/records.ts';
import type { Service } from '../domain/service.ts';
import { normaliseUsername } from '../domain/username.ts';
import { CommandError, UsageError } from './command.ts';
import { isoMoment } from './print.ts';

/**
 * Finds the user with a username, also with one that is yet to be confirmed.
 *
 * @throws CommandError where there is none
 */
export async function findUser(service: Service, username: string): Promise<User> {
  const key = normaliseUsername(username);
  const user = (await service.database.findUserByUsername(key)) ?? (await service.database.findRenamedUser(key));
  if (user === undefined) throw new CommandError(`there is no user ${username}: keywright user list shows all`);
  return user;
}

/**
 * Finds an organisation by its id or its name.
 *
 * @throws CommandError where there is none, or several share the name
 */
export async function findOrganisation(service: Service, given: string): Promise<Organisation> {
  if (/^\d{1,15}$/.test(given)) {
    const found = await service.database.findOrganisation(Number(given));
    if (found !== undefined) return found;
  }
  const [found, ...others] = await service.database.findOrganisationsByName(given);
  if (found === undefined) {
    throw new CommandError(`there is no organisation ${given}: keywright organisation list shows all`);
  }
  if (others.length > 0) {
    const all = [found, ...others].map(describeOrganisation).join(', ');
    throw new CommandError(`several organisations are named ${given}: give the id of one instead: ${all}`);
  }
  return found;
}

function describeOrganisation({ id, parentId, createdAt }: Organisation): string {
  const parent = parentId === null ? '' : `, of organisation ${parentId}`;
  return `${id} (made ${isoMoment(createdAt).slice(0, 10)}${parent})`;
}

/**
 * Finds the organisation that is meant where none is named: the only one.
 *
 * @throws CommandError where there is none, or several
 */
export async function findOnlyOrganisation(service: Service): Promise<Organisation> {
  const [only, ...others] = await service.database.listOrganisations();
  if (only === undefined) throw new CommandError('there is no organisation yet: keywright organisation add makes one');
  if (others.length > 0) {
    throw new CommandError(
      `there are ${others.length + 1} organisations: say which, by --organisation or in a column (keywright organisation list)`,
    );
  }
  return only;
}

/** The ids of all organisations: the command line is bound to none. */
export async function allOrganisationIds(service: Service): Promise<number[]> {
  return (await service.database.listOrganisations()).map(({ id }) => id);
}

/**
 * Finds an application token by its id, in any organisation.
 *
 * @throws CommandError where there is none; UsageError where it is no id
 */
export async function findApplicationToken(service: Service, given: string): Promise<ApplicationToken> {
  const id = readWholeNumber('ID', given);
  const token = await service.database.findApplicationToken(id, {
    organisationIds: await allOrganisationIds(service),
    ...tokenMeasures(service),
  });
  if (token === undefined)
    throw new CommandError(`there is no application token ${id}: keywright token list shows all`);
  return token;
}

/**
 * @throws UsageError
 */
export function readWholeNumber(name: string, text: string): number {
  // Not repeated where it is wrong: it may be a secret in the wrong place.
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${name} must be a whole number`);
  return Number(text);
}
