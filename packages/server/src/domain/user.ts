import type { RoleName } from '@keywright/contract';
import { invalidInput, notFound, type Problem, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { lockoutSubject } from './lockout.ts';
import type { Language } from './mail-port.ts';
import { findNameProblems } from './name.ts';
import { announceNewPassword } from './notice.ts';
import { readPassword } from './password.ts';
import { findPasswordProblems } from './password-rules.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { NewEvent, User, UserStatus } from './records.ts';
import { roleNames, roleSet } from './role.ts';
import type { Actor, Service } from './service.ts';
import { endSessionsOf } from './session.ts';
import { changeState } from './state-change.ts';
import { checkUsername, normaliseUsername } from './username.ts';
import { confirmUsername } from './username-change.ts';

/** A new user, active at once. */
export interface NewUser {
  readonly username: string;
  readonly name: string;
  readonly password: string;
  readonly role: RoleName;
  /** In which the user is written to; English where absent. */
  readonly language?: Language;
}

/** A new user, checked and with the password hashed. */
export interface PreparedUser {
  readonly username: string;
  readonly usernameKey: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly roles: number;
  readonly language: Language;
}

/**
 * Checks a new user's properties and hashes the password.
 *
 * @throws Refusal InputValidationFailed with every problem listed
 */
export async function prepareUser(service: Service, user: NewUser): Promise<PreparedUser> {
  const problems = await findUserProblems(service, user);
  if (problems.length > 0) throw invalidInput(problems);
  return {
    username: user.username.trim(),
    usernameKey: normaliseUsername(user.username),
    name: user.name.trim(),
    passwordHash: await service.passwords.hash(readPassword(user.password).sha1),
    roles: roleSet(user.role),
    language: user.language ?? 'en',
  };
}

/** Finds what is wrong with a new user's properties. */
export async function findUserProblems(
  service: Service,
  { username, password, name }: Pick<NewUser, 'username' | 'password' | 'name'>,
): Promise<readonly Problem[]> {
  return [
    ...checkUsername(username),
    ...(await findPasswordProblems(service, readPassword(password), { username })),
    ...findNameProblems(name, 'name'),
  ];
}

/** Inserts a prepared user into its organisation, within a transaction of the caller's. */
export async function insertActiveUser(
  service: Service,
  stores: Stores,
  actor: Actor,
  prepared: PreparedUser,
  organisationId: number,
): Promise<{ user: User; event: NewEvent }> {
  const { roles, ...properties } = prepared;
  const now = service.clock.now();
  const user = await stores.insertUser({
    ...properties,
    status: 1,
    organisationId,
    version: 1,
    createdAt: now,
    passwordChangedAt: now,
  });
  await stores.upsertAssignment({ userId: user.id, organisationId, roles, createdAt: now });
  const event = eventOf(service, actor.client, {
    type: 'UserCreated',
    organisationId,
    userId: user.id,
    description: `User ${user.username} was created by ${actor.name}`,
    detail: { roles: roleNames(roles) },
  });
  return { user, event };
}

/**
 * Makes a user who can sign in at once.
 *
 * @throws Refusal InputValidationFailed; Conflict where the username is taken
 */
export async function createUser(
  service: Service,
  actor: Actor,
  input: NewUser & { readonly organisationId: number },
): Promise<User> {
  const prepared = await prepareUser(service, input);
  return changeState(service, async (stores) => {
    const { user, event } = await insertActiveUser(service, stores, actor, prepared, input.organisationId);
    return { result: user, events: [event] };
  });
}

type UserChange = 'UserSuspended' | 'UserActivated' | 'PasswordChanged';

/** Suspends a user: every session ends and the user's application tokens are refused, at once. */
export async function suspendUser(service: Service, actor: Actor, userId: number): Promise<void> {
  await changeUser(service, actor, userId, 'UserSuspended', async (stores, user) => {
    requireStatusChange(user, 2, 'suspended');
    await stores.updateUser(userId, { status: 2 });
    await endSessionsOf(service, stores, userId, { reason: 'suspended' });
  });
}

/** Activates a user who was suspended or never activated; the user's application tokens work again. */
export async function activateUser(service: Service, actor: Actor, userId: number): Promise<void> {
  await changeUser(service, actor, userId, 'UserActivated', async (stores, user) => {
    requireStatusChange(user, 1, 'active');
    await stores.updateUser(userId, { status: 1 });
    // An operator at the machine vouches for a username that is yet to be confirmed.
    if (user.pendingUsernameKey === null) return;
    if (await confirmUsername(stores, { ...user, status: 1 })) return;
    throw new Refusal('Conflict', {
      message: `${user.username} can't be confirmed: the name belongs to somebody else`,
    });
  });
}

/**
 * Sets a user's password; every session ends.
 *
 * @throws Refusal InputValidationFailed
 */
export async function setPassword(service: Service, actor: Actor, userId: number, password: string): Promise<void> {
  const user = await service.database.findUser(userId);
  if (user === undefined) throw notFound('User', userId);
  const read = readPassword(password);
  const problems = await findPasswordProblems(service, read, { username: user.username });
  if (problems.length > 0) throw invalidInput(problems);
  const passwordHash = await service.passwords.hash(read.sha1);
  await changeUser(service, actor, userId, 'PasswordChanged', async (stores) => {
    await stores.updateUser(userId, { passwordHash, passwordChangedAt: service.clock.now() });
    await endSessionsOf(service, stores, userId, { reason: 'password changed' });
    await announceNewPassword(service, stores, user, actor.client);
  });
}

/** Removes every lock of a user, and what was counted towards one. */
export async function unlockUser(service: Service, actor: Actor, userId: number): Promise<void> {
  const user = await service.database.findUser(userId);
  if (user === undefined) throw notFound('User', userId);
  await changeState(service, async (stores) => {
    const removed = await stores.deleteLockouts(lockoutSubject(user, user.usernameKey), 'all');
    const event = eventOf(service, actor.client, {
      type: 'AccountUnlocked',
      organisationId: user.organisationId,
      userId,
      description: `${user.username} was unlocked by ${actor.name}`,
    });
    return { result: undefined, events: removed > 0 ? [event] : [] };
  });
}

async function changeUser(
  service: Service,
  actor: Actor,
  userId: number,
  type: UserChange,
  change: (stores: Stores & TransactionLocks, user: User) => Promise<void>,
): Promise<void> {
  await changeState(service, async (stores) => {
    const user = await stores.holdUser(userId);
    if (user === undefined) throw notFound('User', userId);
    await change(stores, user);
    const done = {
      UserSuspended: 'was suspended',
      UserActivated: 'was activated',
      PasswordChanged: 'got a new password',
    }[type];
    const event = eventOf(service, actor.client, {
      type,
      organisationId: user.organisationId,
      userId,
      description: `${user.username} ${done}, by ${actor.name}`,
    });
    return { result: undefined, events: [event] };
  });
}

function requireStatusChange(user: User, status: UserStatus, name: string): void {
  if (user.status === status) throw new Refusal('Conflict', { message: `${user.username} is already ${name}` });
}
