import { type UpdateUser, userStatuses } from '@keywright/contract';
import { holdUserWithPlaces, requireAccountNotAbove, requireOtherAdministrator } from './administrator.ts';
import { invalidInput, type Problem, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { hasFreshSignIn } from './fresh-sign-in.ts';
import type { Language } from './mail-port.ts';
import { findNameProblems } from './name.ts';
import { sightScopeOf } from './organisation-scope.ts';
import { confirmOwnPassword, holdWithPassword, wrongPassword } from './own-password.ts';
import { refuseApplicationToken, requireInPerson } from './permission.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { NewEvent, User, UserStatus } from './records.ts';
import { actorOf, type Caller, type Service } from './service.ts';
import { changeState } from './state-change.ts';
import { isRenamed } from './unconfirmed-username.ts';
import { findManagedUser } from './user-access.ts';
import { setStatus } from './user-status.ts';
import { checkUsername, normaliseUsername } from './username.ts';
import { changeUsername } from './username-change.ts';
import type { SightScope } from './workspace-port.ts';

/** What is to change, checked; absent properties stay. */
interface UserChange {
  readonly username?: string;
  /** Proves who changes the own username. */
  readonly password?: string;
  readonly name?: string;
  readonly language?: Language;
  readonly statusId?: number;
}

/**
 * Changes name, language, username and status of a user (contract §6): one's own but for the status in person, and everything by the
 * administrators of the home organisation. A new username has to be confirmed before it counts.
 *
 * @throws Refusal Forbidden, NotFound, InputValidationFailed; NotAllowed for one's own status, for a status that can't
 *   follow, for the last active administrator, and for a username that is not for the caller to change, or not without the
 *   password; Conflict for a username that the caller sees; TooManyRequests
 */
export async function updateUser(
  service: Service,
  caller: Caller,
  reference: string,
  input: () => UpdateUser,
): Promise<void> {
  refuseApplicationToken(caller);
  const user = await findManagedUser(service, caller, reference, { own: 'user.update_own', others: 'user.update' });
  if (user.id === caller.user.id) requireInPerson(caller);
  else await requireAccountNotAbove(service, caller.roles, user.id);
  const change = readChange(input());
  const scope = await sightScopeOf(service, caller);
  const proved = await proveOwner(service, caller, user, change);
  await changeState(service, async (stores) => {
    if (change.username !== undefined) await stores.lockUsername(normaliseUsername(change.username));
    const held = await holdUserWithPlaces(stores, user.id);
    if (proved !== undefined) await holdWithPassword(stores, proved, wrongPassword);
    const events = [
      ...(await changeName(service, stores, caller, held, change.name)),
      ...(await changeLanguage(service, stores, caller, held, change.language)),
      ...(await changeStatus(service, stores, caller, held, { ...scope, statusId: change.statusId })),
      ...(await changeUsername(service, stores, { caller, scope, userId: held.id, username: change.username })),
    ];
    return { result: undefined, events };
  });
}

/**
 * Whoever changes the own username proves who they are: what is signed in may be somebody else's by now, and the username is
 * the way to the password.
 *
 * @returns whose password was proved, where that was needed
 */
async function proveOwner(
  service: Service,
  caller: Caller,
  user: User,
  { username, password }: UserChange,
): Promise<User | undefined> {
  const isChanged = username !== undefined && username !== user.username;
  if (!isChanged || user.id !== caller.user.id || (await hasFreshSignIn(service, caller))) return undefined;
  if (password !== undefined) return confirmOwnPassword(service, caller, password, wrongPassword);
  const message = 'username - changed within ten minutes of a sign-in, or with the password';
  throw new Refusal('NotAllowed', { message, reason: 'the sign-in is not fresh' });
}

function readChange({ username, name, language, status, password }: UpdateUser): UserChange {
  const problems: Problem[] = [
    ...(username === undefined ? [] : checkUsername(username)),
    ...(name === undefined ? [] : findNameProblems(name, 'name')),
  ];
  if (status !== undefined && userStatuses[status.id] === undefined) {
    const known = userStatuses.map(({ id, description }) => `${id} ${description}`).join(', ');
    const message = `status.id - there is no status ${status.id}; there are ${known}.`;
    problems.push({ token: 'InvalidReference', message });
  }
  if (problems.length > 0) throw invalidInput(problems);
  return {
    ...(username === undefined ? {} : { username: username.trim() }),
    ...(name === undefined ? {} : { name: name.trim() }),
    ...(language === undefined ? {} : { language }),
    ...(status === undefined ? {} : { statusId: status.id }),
    ...(password === undefined ? {} : { password }),
  };
}

async function changeName(
  service: Service,
  stores: Stores,
  caller: Caller,
  user: User,
  name: string | undefined,
): Promise<NewEvent[]> {
  if (name === undefined || name === user.name) return [];
  await stores.updateUser(user.id, { name });
  return [
    eventOf(service, caller, {
      type: 'UserUpdated',
      organisationId: user.organisationId,
      userId: user.id,
      description: `The name of ${user.username} was changed by ${actorOf(caller).name}`,
      detail: { changed: ['name'], before: user.name, after: name },
    }),
  ];
}

async function changeLanguage(
  service: Service,
  stores: Stores,
  caller: Caller,
  user: User,
  language: Language | undefined,
): Promise<NewEvent[]> {
  if (language === undefined || language === user.language) return [];
  await stores.updateUser(user.id, { language });
  return [
    eventOf(service, caller, {
      type: 'UserUpdated',
      organisationId: user.organisationId,
      userId: user.id,
      description: `The language of ${user.username} was changed by ${actorOf(caller).name}`,
      detail: { changed: ['language'], before: user.language, after: language },
    }),
  ];
}

async function changeStatus(
  service: Service,
  stores: Stores & TransactionLocks,
  caller: Caller,
  user: User,
  { statusId, organisationIds }: Pick<SightScope, 'organisationIds'> & { readonly statusId: number | undefined },
): Promise<NewEvent[]> {
  if (statusId === undefined || statusId === user.status) return [];
  const status = readNextStatus(user, statusId);
  if (user.id === caller.user.id) throw new Refusal('NotAllowed', { message: 'status - nobody changes their own' });
  if (status === 2) await requireOtherAdministrator(stores, user, organisationIds);
  return [await setStatus(service, stores, actorOf(caller), user, status)];
}

/** A pending user becomes active by the link in the mail only. */
function readNextStatus(user: User, statusId: number): UserStatus {
  if (statusId === 2) return 2;
  // Whoever has yet to confirm a username becomes active by the link in the mail only; but for the suspension that works.
  if (statusId === 1 && user.status === 2) return isRenamed(user) ? 0 : 1;
  const [from, to] = [user.status, statusId].map((id) => userStatuses[id]?.description ?? '');
  throw new Refusal('NotAllowed', {
    message: `status - ${from} can't become ${to} here: 1 Active and 2 Suspended follow each other, and 2 follows 0`,
  });
}
