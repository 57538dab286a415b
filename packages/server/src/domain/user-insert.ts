import type { Stores } from './ports.ts';
import type { NewStoredUser, User } from './records.ts';
import type { RoleSet } from './role.ts';
import type { Service } from './service.ts';

/** A user to be inserted, with the roles that go with the place in the home organisation. */
export type UserToInsert = Pick<NewStoredUser, 'username' | 'usernameKey' | 'name' | 'organisationId' | 'language'> &
  Partial<Pick<NewStoredUser, 'pendingUsernameKey' | 'invitedUserId'>> & {
    readonly roles: RoleSet;
    /** With one the user is active at once; without, pending. */
    readonly passwordHash?: string;
  };

/**
 * Inserts a user and the user's place at home, within a transaction of the caller's.
 *
 * @throws Refusal Conflict where the username is taken
 */
export async function insertUserWithPlace(service: Service, stores: Stores, user: UserToInsert): Promise<User> {
  const { roles, passwordHash = null, ...row } = user;
  const createdAt = service.clock.now();
  const inserted = await stores.insertUser({
    ...row,
    passwordHash,
    status: passwordHash === null ? 0 : 1,
    version: 1,
    createdAt,
    passwordChangedAt: passwordHash === null ? null : createdAt,
  });
  await stores.upsertAssignment({ userId: inserted.id, organisationId: row.organisationId, roles, createdAt });
  return inserted;
}
