import type { RoleName } from '@keywright/contract';
import { invalidInput, type Problem } from './errors.ts';
import { eventOf } from './event.ts';
import type { Language } from './mail-port.ts';
import { findNameProblems } from './name.ts';
import { readPassword } from './password.ts';
import { findPasswordProblems } from './password-rules.ts';
import type { Stores } from './ports.ts';
import type { NewEvent, User } from './records.ts';
import { roleNames, roleSet } from './role.ts';
import type { Actor, Service } from './service.ts';
import { changeState } from './state-change.ts';
import { insertUserWithPlace } from './user-insert.ts';
import { checkUsername, normaliseUsername } from './username.ts';

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
  const user = await insertUserWithPlace(service, stores, { ...prepared, organisationId });
  const event = eventOf(service, actor.client, {
    type: 'UserCreated',
    organisationId,
    userId: user.id,
    description: `User ${user.username} was created by ${actor.name}`,
    detail: { roles: roleNames(prepared.roles) },
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
