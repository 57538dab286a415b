import type { OrganisationResource, UpdateOrganisation } from '@keywright/contract';
import { notFound } from './errors.ts';
import { eventOf } from './event.ts';
import { checkName } from './name.ts';
import { organisationIdsOf } from './organisation-scope.ts';
import { refuseApplicationToken, requirePermission } from './permission.ts';
import type { NewEvent, Organisation } from './records.ts';
import { requireSecondFactor } from './second-factor-requirement.ts';
import { type Actor, actorOf, type Caller, type Service } from './service.ts';
import { changeState } from './state-change.ts';

/**
 * An organisation and its settings: the one that the caller works in, or a direct child.
 *
 * @param id `my` is the caller's
 * @throws Refusal Forbidden, NotFound
 */
export async function getOrganisation(
  service: Service,
  caller: Caller,
  id: number | 'my',
): Promise<OrganisationResource> {
  requirePermission(caller, 'organisation.read');
  const organisation = await findOrganisation(service, caller, id);
  const parent =
    organisation.parentId === null ? undefined : await service.database.findOrganisation(organisation.parentId);
  const isRequired = await service.database.isSecondFactorRequired([organisation.id]);
  return {
    id: organisation.id,
    name: organisation.name,
    created: new Date(organisation.createdAt).toISOString(),
    parent: parent === undefined ? null : { id: parent.id, name: parent.name },
    mfa_required: isRequired,
    sign_in_methods: isRequired ? ['password_and_second_factor'] : ['password', 'password_and_second_factor'],
  };
}

async function findOrganisation(service: Service, caller: Caller, id: number | 'my'): Promise<Organisation> {
  const wanted = id === 'my' ? caller.organisation.id : id;
  const isVisible = (await organisationIdsOf(service, caller)).includes(wanted);
  const organisation = isVisible ? await service.database.findOrganisation(wanted) : undefined;
  if (organisation === undefined) throw notFound('Organisation', wanted);
  return organisation;
}

/**
 * Changes the name and the settings of an organisation: the one that the caller works in, or a direct child.
 *
 * @throws Refusal Forbidden, NotFound, InputValidationFailed
 */
export async function updateOrganisation(
  service: Service,
  caller: Caller,
  id: number | 'my',
  input: () => UpdateOrganisation,
): Promise<void> {
  refuseApplicationToken(caller);
  requirePermission(caller, 'organisation.update');
  const { id: organisationId } = await findOrganisation(service, caller, id);
  const asked = input();
  const name = asked.name === undefined ? undefined : checkName(asked.name, 'name');
  await changeState(service, async (stores) => {
    await stores.holdOrganisations([organisationId]);
    const organisation = await stores.findOrganisation(organisationId);
    if (organisation === undefined) throw notFound('Organisation', organisationId);
    const events: NewEvent[] = [];
    if (name !== undefined && name !== organisation.name) {
      await stores.updateOrganisation(organisationId, { name });
      events.push(renamedEvent(service, caller, organisation, name));
    }
    const { mfa_required: required } = asked;
    if (required !== undefined && required !== (await stores.isSecondFactorRequired([organisationId]))) {
      events.push(await requireSecondFactor(service, stores, actorOf(caller), { organisation, required }));
    }
    return { result: undefined, events };
  });
}

function renamedEvent(service: Service, caller: Caller, organisation: Organisation, name: string): NewEvent {
  return eventOf(service, caller, {
    type: 'OrganisationUpdated',
    organisationId: organisation.id,
    userId: caller.user.id,
    description: `Organisation ${organisation.name} was renamed to ${name} by ${actorOf(caller).name}`,
    detail: { changed: ['name'], before: organisation.name, after: name },
  });
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
      throw notFound('Organisation', input.parentId);
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
