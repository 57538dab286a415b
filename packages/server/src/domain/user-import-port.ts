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

/** How far an import has come. */
export interface ImportMark {
  readonly fileHash: string;
  readonly rowsDone: number;
  readonly markedAt: number;
}

export interface UserImportStore {
  /** Inserts users and their assignments; those whose username is taken are passed over. Answers the ones it made. */
  insertImportedUsers(users: readonly NewImportedUser[]): Promise<(NewImportedUser & { readonly id: number })[]>;
  /** Which of these normalised usernames are taken. */
  findTakenUsernames(usernameKeys: readonly string[]): Promise<string[]>;
  /** How many rows of a file are done, by the file's hash; undefined where no import of it is under way. */
  findImportMark(fileHash: string): Promise<number | undefined>;
  putImportMark(mark: ImportMark): Promise<void>;
  deleteImportMark(fileHash: string): Promise<void>;
  listImportMarks(): Promise<ImportMark[]>;
}
