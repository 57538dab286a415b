import type { OrganisationResource } from '@keywright/contract';
import { invalidInput, Refusal } from './errors.ts';
import { changeState, eventOf } from './event.ts';
import { requirePermission } from './permission.ts';
import type { Organisation } from './records.ts';
import type { Actor, Caller, Service } from './service.ts';
import { textProblem } from './well-formed-text.ts';

const maxNameLength = 200;

/** The organisation that the caller works in. */
export async function getOwnOrganisation(service: Service, caller: Caller): Promise<OrganisationResource> {
  requirePermission(caller, 'organisation.read');
  const organisation = await service.database.findOrganisation(caller.organisation.id);
  if (organisation === undefined)
    throw new Refusal('NotFound', { message: `Organisation with id ${caller.organisation.id} not found` });
  const parent =
    organisation.parentId === null ? undefined : await service.database.findOrganisation(organisation.parentId);
  return {
    id: organisation.id,
    name: organisation.name,
    created: new Date(organisation.createdAt).toISOString(),
    parent: parent === undefined ? null : { id: parent.id, name: parent.name },
  };
}

/**
 * Makes an organisation, at the top or as the direct child of another.
 *
 * @throws Refusal InputValidationFailed, NotFound
 */
export async function createOrganisation(
  service: Service,
  actor: Actor,
  input: { readonly name: string; readonly parentId: number | null },
): Promise<Organisation> {
  const name = checkName(input.name, 'name');
  return changeState(service, async (stores) => {
    if (input.parentId !== null && (await stores.findOrganisation(input.parentId)) === undefined) {
      throw new Refusal('NotFound', { message: `Organisation with id ${input.parentId} not found` });
    }
    const organisation = await stores.insertOrganisation({
      name,
      parentId: input.parentId,
      createdAt: service.clock.now(),
    });
    const event = eventOf(service, actor.client, {
      type: 'OrganisationCreated',
      organisationId: organisation.id,
      userId: actor.userId,
      description: `Organisation ${organisation.name} was created by ${actor.name}`,
    });
    return { result: organisation, events: [event] };
  });
}

/**
 * Checks the name of an organisation or a person.
 *
 * @throws Refusal InputValidationFailed naming the property
 */
export function checkName(name: string, property: string): string {
  const trimmed = name.trim();
  const problem =
    trimmed === ''
      ? ({ token: 'Required', message: `${property} must not be empty` } as const)
      : textProblem(trimmed, { property, maxLength: maxNameLength, allowNewlines: false });
  if (problem !== undefined) throw invalidInput([problem]);
  return trimmed;
}
