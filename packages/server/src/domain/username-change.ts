import { activationLink, createActivationKey } from './activation-key.ts';
import { requirePlacesInSight } from './administrator.ts';
import { endAuthTokensOfMaker } from './application-token-rest.ts';
import { invalidInput, notFound, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { mailActivation, mailInvitation } from './invitation.ts';
import { enqueueMail, mailTo } from './mail.ts';
import { requireRecipientRoom } from './mail-room.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { NewEvent, Organisation, User } from './records.ts';
import { noRoles } from './role.ts';
import { type Actor, actorOf, type Caller, type Service } from './service.ts';
import { endSessionsOf } from './session.ts';
import { changeState } from './state-change.ts';
import { invitedKey, isRenamed, isUnused, renamedKey } from './unconfirmed-username.ts';
import { checkUsername, normaliseUsername } from './username.ts';
import type { SightScope } from './workspace-port.ts';

interface UsernameChange {
  readonly caller: Caller;
  readonly scope: SightScope;
  readonly userId: number;
  /** Nothing changes where absent. */
  readonly username: string | undefined;
}

/**
 * Gives a user another username, within a transaction that holds the user and has locked the name.
 *
 * An account that is in use gets it once the link is followed that goes to the new address: until then it is pending, its
 * sessions have ended, and the name is free for others. That holds for another spelling of the same name as well: mails go
 * to an address as it is spelled, and another one may be another mailbox. An account that nobody has used yet gets its name
 * at once, as a new user does.
 *
 * @throws Refusal NotAllowed for a suspended user, and for one who also works out of the caller's sight
 * @throws Refusal Conflict for a name that the caller sees; TooManyRequests
 */
export async function changeUsername(
  service: Service,
  stores: Stores,
  { caller, scope, userId, username }: UsernameChange,
): Promise<NewEvent[]> {
  if (username === undefined) return [];
  const user = await stores.findUser(userId);
  if (user === undefined || username === user.username) return [];
  const key = normaliseUsername(username);
  if (user.id !== caller.user.id) {
    await requirePlacesInSight(stores, user, scope.organisationIds, 'username');
  }
  if (isUnused(user) && key === (user.pendingUsernameKey ?? user.usernameKey)) {
    await stores.updateUser(user.id, { username });
    return [usernameEvent(service, actorOf(caller), user, username)];
  }
  if (user.status === 2) {
    throw new Refusal('NotAllowed', {
      message: 'username - a suspended user has to be activated before the username can change',
    });
  }
  const taken = await stores.findSeenUser(scope, { usernameKey: key });
  if (taken !== undefined && taken.id !== user.id) {
    throw new Refusal('Conflict', { message: `There is a user ${username} already` });
  }
  requireRecipientRoom(service, isUnused(user) ? [username] : [username, user.username]);
  if (isUnused(user)) await renameUnused(service, stores, caller, { user, username, key });
  else await renameUsed(service, stores, { user, username, key });
  return [usernameEvent(service, actorOf(caller), user, username)];
}

interface Renaming {
  readonly user: User;
  readonly username: string;
  readonly key: string;
}

async function renameUsed(service: Service, stores: Stores, { user, username, key }: Renaming): Promise<void> {
  const change = { username, usernameKey: renamedKey(service), pendingUsernameKey: key, status: 0 as const };
  await stores.updateUser(user.id, change);
  await endSessionsOf(service, stores, user.id, { reason: 'username changed' });
  await endAuthTokensOfMaker(service, stores, user.id);
  const renamed: User = { ...user, ...change };
  const activationKey = await createActivationKey(service, stores, { user: renamed, purpose: 'username_change' });
  await enqueueMail(service, stores, {
    ...mailTo(renamed),
    template: 'username_change',
    data: { name: user.name, link: activationLink(service, activationKey) },
  });
  await tellAddressBefore(service, stores, user, username);
}

async function tellAddressBefore(service: Service, stores: Stores, user: User, username: string): Promise<void> {
  const time = new Date(service.clock.now()).toISOString();
  const data = { name: user.name, username, time };
  await enqueueMail(service, stores, { ...mailTo(user), template: 'username_changed', data });
}

/** Begins a pending user anew under another name: see `createPendingUser`. */
async function renameUnused(
  service: Service,
  stores: Stores,
  caller: Caller,
  { user, username, key }: Renaming,
): Promise<void> {
  const account = await stores.findUserByUsername(key);
  const names =
    account === undefined
      ? { usernameKey: key, pendingUsernameKey: null, invitedUserId: null }
      : { usernameKey: invitedKey(service), pendingUsernameKey: key, invitedUserId: account.id };
  const change = { username, status: 0 as const, ...names };
  await stores.updateUser(user.id, change);
  const renamed: User = { ...user, ...change };
  const organisation = await homeOf(stores, user);
  const inviter = caller.user.name;
  if (account === undefined) {
    await mailActivation(service, stores, { user: renamed, organisation, inviter, template: 'activation' });
    return;
  }
  const place = await stores.findAssignment(user.id, user.organisationId);
  await mailInvitation(service, stores, { account, organisation, roles: place?.roles ?? noRoles, inviter });
}

async function homeOf(stores: Stores, user: User): Promise<Organisation> {
  const organisation = await stores.findOrganisation(user.organisationId);
  if (organisation === undefined) throw new Error(`user ${user.id} has no home organisation`);
  return organisation;
}

function usernameEvent(service: Service, actor: Actor, user: User, username: string): NewEvent {
  return eventOf(service, actor.client, {
    type: 'UsernameChanged',
    organisationId: user.organisationId,
    userId: user.id,
    description: `The username of ${user.username} was changed to ${username} by ${actor.name}`,
    detail: { before: user.username, after: username },
  });
}

/**
 * Gives a user the username that was to be confirmed, within the transaction that spends its key.
 *
 * @returns false where there is none to confirm, the user is suspended, or somebody else has got the name meanwhile
 */
export async function confirmUsername(
  service: Service,
  stores: Stores & TransactionLocks,
  user: User,
): Promise<boolean> {
  const { pendingUsernameKey } = user;
  if (pendingUsernameKey === null || isUnused(user) || user.status === 2) return false;
  const owner = { ...user, usernameKey: pendingUsernameKey, pendingUsernameKey: null, status: 1 } as const;
  const holder = await stores.findUserByUsername(pendingUsernameKey);
  const isFree = holder === undefined || (await turnIntoInvitation(service, stores, holder.id, owner));
  if (!isFree) return false;
  const { usernameKey, status } = owner;
  await stores.updateUser(user.id, { usernameKey, pendingUsernameKey: null, status });
  if (holder !== undefined) await mailInvitations(service, stores, holder.id, owner);
  return true;
}

/**
 * Makes an account that was made for the name meanwhile, and that nobody has used, what it would have been a moment later:
 * an invitation of the name's owner. Making accounts for other people's addresses keeps nobody from theirs.
 *
 * @returns false for an account that is in use
 */
async function turnIntoInvitation(
  service: Service,
  stores: Stores & TransactionLocks,
  holderId: number,
  owner: User,
): Promise<boolean> {
  const holder = await stores.holdUser(holderId);
  if (holder?.status !== 0 || !isUnused(holder)) return false;
  const names = { usernameKey: invitedKey(service), pendingUsernameKey: owner.usernameKey, invitedUserId: owner.id };
  await stores.updateUser(holderId, names);
  return true;
}

/** The links that were to activate the account are void; these accept its places. */
async function mailInvitations(service: Service, stores: Stores, invitationId: number, account: User): Promise<void> {
  for (const { organisation, roles } of await stores.listAssignments(invitationId)) {
    await mailInvitation(service, stores, { account, organisation, roles, inviter: organisation.name });
  }
}

/**
 * Gives a user another username that counts at once, since an operator at the machine vouches for it: so that somebody who
 * mistyped the new one gets back in. Every session ends.
 *
 * @throws Refusal InputValidationFailed; Conflict where somebody else has the name; NotAllowed for who has yet to activate
 */
export async function setUsername(service: Service, actor: Actor, userId: number, given: string): Promise<void> {
  const problems = checkUsername(given);
  if (problems.length > 0) throw invalidInput(problems);
  const username = given.trim();
  const usernameKey = normaliseUsername(given);
  await changeState(service, async (stores) => {
    await stores.lockUsername(usernameKey);
    const user = await stores.holdUser(userId);
    if (user === undefined) throw notFound('User', userId);
    if (isUnused(user)) {
      throw new Refusal('NotAllowed', {
        message: `${user.username} has yet to activate the account: make another one`,
      });
    }
    const holder = await stores.findUserByUsername(usernameKey);
    if (holder !== undefined && holder.id !== userId) {
      throw new Refusal('Conflict', { message: `There is a user ${username} already` });
    }
    const status = isRenamed(user) && user.status === 0 ? 1 : user.status;
    await stores.updateUser(userId, { username, usernameKey, pendingUsernameKey: null, status });
    await endSessionsOf(service, stores, userId, { reason: 'username changed' });
    await tellAddressBefore(service, stores, user, username);
    return { result: undefined, events: [usernameEvent(service, actor, user, username)] };
  });
}
