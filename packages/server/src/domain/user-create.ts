import type { CreateUser, InvitedUser } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { insertInvitation, insertPendingUser, mailActivation, mailInvitation } from './invitation.ts';
import { requireRecipientRoom } from './mail-room.ts';
import { sightScopeOf } from './organisation-scope.ts';
import { refuseApplicationToken, requirePermission } from './permission.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { NewEvent, Organisation, User } from './records.ts';
import { roleNames, roleResources, roleSet } from './role.ts';
import { actorOf, type Caller, type Service } from './service.ts';
import { changeState } from './state-change.ts';
import { type NewPerson, readNewPerson } from './user-input.ts';
import type { SightScope } from './workspace-port.ts';

/** What is to be done for whom: an account, or a place for somebody who may have one. */
interface Request {
  readonly caller: Caller;
  readonly scope: SightScope;
  readonly person: NewPerson;
  readonly organisation: Organisation;
}

/**
 * Makes a pending user and mails an activation link (contract §6). A name that exists outside of the caller's
 * organisations is invited instead, and nothing tells the caller so: see invitation.ts.
 *
 * @throws Refusal Forbidden, InputValidationFailed; Conflict for a name that the caller sees
 */
export async function createPendingUser(service: Service, caller: Caller, input: () => CreateUser): Promise<number> {
  const request = await readRequest(service, caller, input, 'User');
  return changeState(service, async (stores) => {
    await stores.lockUsername(request.person.usernameKey);
    const seen = await stores.findSeenUser(request.scope, request.person);
    if (seen !== undefined) throw alreadyThere(request.person);
    const user = await placePerson(service, stores, request, 'activation');
    return { result: user.id, events: [personEvent(service, request, user, 'UserCreated')] };
  });
}

/**
 * Invites somebody to an organisation (contract §6): who exists already is assigned to it once they accept.
 *
 * @throws Refusal Forbidden, InputValidationFailed; Conflict for somebody who has a place there
 */
export async function inviteUser(service: Service, caller: Caller, input: () => CreateUser): Promise<InvitedUser> {
  if (service.settings.signUp === 'closed') {
    throw new Refusal('Forbidden', { message: 'Nobody is invited here: an administrator makes each account' });
  }
  const request = await readRequest(service, caller, input, 'Administrator');
  return changeState(service, async (stores) => {
    await stores.lockUsername(request.person.usernameKey);
    const seen = await stores.findSeenUser(request.scope, request.person);
    const user =
      seen === undefined
        ? await placePerson(service, stores, request, 'invitation')
        : await placeSeenUser(service, stores, request, seen);
    const { id, username, name } = user;
    const { organisation, person } = request;
    const result = {
      id,
      username,
      name,
      organisation: { id: organisation.id, name: organisation.name },
      roles: roleResources(person.roles),
    };
    return { result, events: [personEvent(service, request, user, 'UserInvited')] };
  });
}

async function readRequest(
  service: Service,
  caller: Caller,
  input: () => CreateUser,
  defaultRole: 'User' | 'Administrator',
): Promise<Request> {
  refuseApplicationToken(caller);
  requirePermission(caller, 'user.create');
  const scope = await sightScopeOf(service, caller);
  const allowed = { roles: caller.roles, organisationIds: scope.organisationIds };
  const person = readNewPerson(input(), allowed, roleSet(defaultRole));
  const organisation = await service.database.findOrganisation(person.organisationId);
  if (organisation === undefined) throw new Error(`organisation ${person.organisationId} is in scope and is not there`);
  return { caller, scope, person, organisation };
}

/** Makes an account, or an invitation where the name has one that the caller does not see. */
async function placePerson(
  service: Service,
  stores: Stores & TransactionLocks,
  { caller, person, organisation }: Request,
  template: 'activation' | 'invitation',
): Promise<User> {
  requireRecipientRoom(service, [person.username]);
  const inviter = await stores.findUser(caller.user.id);
  const language = inviter?.language ?? 'en';
  // Looked up rather than tried: a failed insert would use an id up, and the gap would tell that the name exists.
  const account = await stores.findUserByUsername(person.usernameKey);
  if (account === undefined) {
    const made = await insertPendingUser(service, stores, person, language);
    if (made === undefined) throw new Refusal('Conflict', { reason: 'the username was taken at this moment' });
    await mailActivation(service, stores, { user: made, organisation, inviter: caller.user.name, template });
    return made;
  }
  const invitation = await insertInvitation(service, stores, person, { account, language });
  await mailInvitation(service, stores, { account, organisation, roles: person.roles, inviter: caller.user.name });
  return invitation;
}

/** Gives a user whom the caller sees a place that waits to be accepted. */
async function placeSeenUser(
  service: Service,
  stores: Stores,
  { caller, person, organisation }: Request,
  user: User,
): Promise<User> {
  const { roles } = person;
  const isNew = await stores.insertAssignment({
    userId: user.id,
    organisationId: organisation.id,
    roles,
    status: 0,
    createdAt: service.clock.now(),
  });
  if (!isNew) throw alreadyThere(person);
  requireRecipientRoom(service, [person.username]);
  const account = user.invitedUserId === null ? user : await findInvited(stores, user);
  if (account !== undefined) {
    await mailInvitation(service, stores, { account, organisation, roles, inviter: caller.user.name });
  }
  return user;
}

/** Whom an invitation stands for, as long as they have the name that was invited: no other address is told of it. */
async function findInvited(stores: Stores, { invitedUserId, pendingUsernameKey }: User): Promise<User | undefined> {
  const account = invitedUserId === null ? undefined : await stores.findUser(invitedUserId);
  return account?.usernameKey === pendingUsernameKey ? account : undefined;
}

function alreadyThere({ username }: NewPerson): Refusal {
  return new Refusal('Conflict', { message: `There is a user ${username} already` });
}

function personEvent(
  service: Service,
  { caller, person, organisation }: Request,
  user: User,
  type: 'UserCreated' | 'UserInvited',
): NewEvent {
  const done = type === 'UserCreated' ? 'was created' : `was invited to ${organisation.name}`;
  return eventOf(service, caller, {
    type,
    organisationId: organisation.id,
    userId: user.id,
    description: `User ${user.username} ${done} by ${actorOf(caller).name}`,
    detail: { roles: roleNames(person.roles) },
  });
}
