import type { UserStatus } from './records.ts';

/** A user who comes from another system, with the place in its organisation. */
export interface NewImportedUser {
  readonly username: string;
  readonly usernameKey: string;
  readonly name: string;
  readonly status: UserStatus;
  readonly passwordHash: string | null;
  readonly organisationId: number;
  readonly roles: number;
  readonly createdAt: number;
  readonly passwordChangedAt: number | null;
}

export interface UserImportStore {
  /** Inserts users and their assignments; those whose username is taken are passed over. Answers the ones it made. */
  insertImportedUsers(users: readonly NewImportedUser[]): Promise<(NewImportedUser & { readonly id: number })[]>;
  /** Which of these normalised usernames are taken. */
  findTakenUsernames(usernameKeys: readonly string[]): Promise<string[]>;
  /** Keeps a value of the service's, instead of what stood there. */
  putServiceValue(name: string, value: string): Promise<void>;
}
