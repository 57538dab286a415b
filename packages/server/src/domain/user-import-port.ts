import type { User } from './records.ts';

/** A user who comes from another system, with the place in its organisation. */
export interface NewImportedUser
  extends Pick<
    User,
    | 'username'
    | 'usernameKey'
    | 'name'
    | 'status'
    | 'passwordHash'
    | 'organisationId'
    | 'createdAt'
    | 'passwordChangedAt'
  > {
  readonly roles: number;
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
