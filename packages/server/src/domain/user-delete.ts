import { holdUserWithPlaces, requireAccountNotAbove, requireOtherAdministrator } from './administrator.ts';
import { endAuthTokensOfMaker } from './application-token-rest.ts';
import { invalidInput, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { sightScopeOf } from './organisation-scope.ts';
import { refuseApplicationToken } from './permission.ts';
import type { Stores } from './ports.ts';
import type { NewEvent, User } from './records.ts';
import { grantableRoles, inheritedRoles, noRoles, roleNames } from './role.ts';
import { actorOf, type Caller, type Service } from './service.ts';
import { endSessionsOf } from './session.ts';
import { changeState } from './state-change.ts';
import { findManagedUser } from './user-access.ts';
import type { SightScope, TokenOfMaker } from './workspace-port.ts';

/** Who goes, who says so, and who gets what they made, if anybody does. */
interface Deletion {
  readonly caller: Caller;
  readonly scope: SightScope;
  readonly user: User;
  readonly heir: User | undefined;
}

/**
 * Deletes a user (contract §6). The sessions end; the application tokens are revoked, or handed over where somebody is
 * named who may have them. Only administrators of the home organisation may do this, and nobody to themselves.
 *
 * @param transferTo reads the id of the user who gets the application tokens, if anybody does
 * @throws Refusal Forbidden, NotFound, InputValidationFailed; NotAllowed for oneself and the last active administrator
 */
export async function deleteUser(
  service: Service,
  caller: Caller,
  reference: string,
  transferTo: () => number | undefined,
): Promise<void> {
  refuseApplicationToken(caller);
  const found = await findManagedUser(service, caller, reference, { own: 'user.delete', others: 'user.delete' });
  await requireAccountNotAbove(service, caller.roles, found.id);
  const heirId = transferTo();
  if (found.id === caller.user.id) throw new Refusal('NotAllowed', { message: 'Nobody deletes themselves' });
  const scope = await sightScopeOf(service, caller);
  await changeState(service, async (stores) => {
    const user = await holdUserWithPlaces(stores, found.id);
    await requireOtherAdministrator(stores, user, scope.organisationIds);
    const heir = heirId === undefined ? undefined : await findHeir(stores, scope, user, heirId);
    const deletion = { caller, scope, user, heir };
    // Those that are handed over as well: whoever goes may have taken one along.
    await endAuthTokensOfMaker(service, stores, user.id);
    const events = [
      ...(await passTokensOn(service, stores, deletion)),
      ...(await tellPlaces(service, stores, deletion)),
    ];
    await endSessionsOf(service, stores, user.id, { reason: 'deleted' });
    await stores.deleteUser(user, null);
    return { result: undefined, events };
  });
}

/** Finds who is to get the tokens: somebody active in the home organisation of the user who goes. */
async function findHeir(stores: Stores, scope: SightScope, user: User, heirId: number): Promise<User> {
  const heir = await stores.findSeenUser(scope, { id: heirId });
  const place = heir && (await stores.findAssignment(heir.id, user.organisationId));
  if (heir === undefined || heir.id === user.id || heir.status !== 1 || place?.status !== 1) {
    const message = `transfer_to - there is no other active user ${heirId} in the user's organisation`;
    throw invalidInput([{ token: 'InvalidReference', message }]);
  }
  return heir;
}

async function passTokensOn(service: Service, stores: Stores, deletion: Deletion): Promise<NewEvent[]> {
  const events: NewEvent[] = [];
  for (const token of await stores.listTokensOfMaker(deletion.user.id, service.clock.now())) {
    const { heir, scope } = deletion;
    const isHandedOver = heir !== undefined && scope.organisationIds.includes(token.organisation.id);
    events.push(
      isHandedOver
        ? await handOver(service, stores, { ...deletion, heir }, token)
        : await revoke(service, stores, deletion, token),
    );
  }
  return events;
}

/** Hands a token over. One that had the roles of its maker keeps them as its own, so that it gains none by another maker. */
async function handOver(
  service: Service,
  stores: Stores,
  { caller, user, heir }: Deletion & { readonly heir: User },
  token: TokenOfMaker,
): Promise<NewEvent> {
  const { organisation } = token;
  const roles = token.roles ?? (await stores.findWorkspace(user.id, organisation.id))?.roles ?? noRoles;
  const own = await stores.findWorkspace(heir.id, organisation.id);
  const excess = roles & ~grantableRoles(own?.roles ?? noRoles);
  if (excess !== noRoles) {
    const message = `transfer_to - application token ${token.id} acts as ${roleNames(excess).join(', ')}, which ${heir.username} may not`;
    throw invalidInput([{ token: 'NotAllowed', message }]);
  }
  await stores.transferApplicationToken(token.id, {
    creatorId: heir.id,
    roles: token.roles === null ? inheritedRoles(roles) : roles,
  });
  return eventOf(service, caller, {
    type: 'ApplicationTokenTransferred',
    organisationId: organisation.id,
    userId: heir.id,
    description: `Application token ${token.id} was handed over from ${user.username} to ${heir.username} by ${actorOf(caller).name}`,
    detail: { application_token_id: token.id, from: user.id, to: heir.id },
  });
}

async function revoke(service: Service, stores: Stores, deletion: Deletion, token: TokenOfMaker): Promise<NewEvent> {
  await stores.revokeApplicationToken(token.id, service.clock.now());
  return deletionEvent(service, deletion, {
    type: 'ApplicationTokenRevoked',
    organisationId: token.organisation.id,
    what: `Application token ${token.id} was revoked, since ${deletion.user.username}, who made it, was deleted`,
    detail: { application_token_id: token.id },
  });
}

/** Tells every workspace of the user who goes, and first of all the home organisation. */
async function tellPlaces(service: Service, stores: Stores, deletion: Deletion): Promise<NewEvent[]> {
  const { user } = deletion;
  const what = `User ${user.username} was deleted`;
  const detail = { name: user.name };
  const places = await stores.listAssignments(user.id);
  const elsewhere = places.map(({ organisation }) => organisation.id).filter((id) => id !== user.organisationId);
  return [user.organisationId, ...elsewhere].map((organisationId) =>
    deletionEvent(service, deletion, { type: 'UserDeleted', organisationId, what, detail }),
  );
}

/** To organisations that are not the caller's, an event says what happened, and not who did it from where. */
function deletionEvent(
  service: Service,
  { caller, scope, user }: Deletion,
  event: {
    readonly type: 'ApplicationTokenRevoked' | 'UserDeleted';
    readonly organisationId: number;
    readonly what: string;
    readonly detail: Readonly<Record<string, unknown>>;
  },
): NewEvent {
  const { type, organisationId, what, detail } = event;
  const isOwn = scope.organisationIds.includes(organisationId);
  const description = isOwn ? `${what} by ${actorOf(caller).name}` : what;
  const made = eventOf(service, caller, { type, organisationId, userId: user.id, description, detail });
  return isOwn ? made : { ...made, detail, requestId: null };
}
