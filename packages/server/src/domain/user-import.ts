import { type RoleName, roleIds } from '@keywright/contract';
import type { Problem } from './errors.ts';
import { eventOf } from './event.ts';
import { keepForeignHash } from './foreign-hash.ts';
import { findNameProblems } from './name.ts';
import { readPassword } from './password.ts';
import { type RoleSet, roleNames, roleSet } from './role.ts';
import type { Actor, Service } from './service.ts';
import { changeState } from './state-change.ts';
import type { NewImportedUser } from './user-import-port.ts';
import { checkUsername, normaliseUsername } from './username.ts';

/** A row of a file of users, as it is written: every value a text. */
export type ImportRow = Readonly<Record<string, string | undefined>>;

/** The columns of a file of users. */
export const importColumns = {
  username: 'the e-mail address to sign in with',
  name: 'the name; the part of the username before the @ where absent',
  organisation: 'id or name; the one of the command where absent',
  roles: 'names of roles, separated by |; User where absent',
  status: 'active, pending or suspended; active where absent',
  password_sha1: "the password's SHA-1 as 40 hexadecimal digits",
  password_hash: 'a bcrypt, scrypt or Argon2 hash that another system made of the password',
} as const;

const statuses = { active: 1, pending: 0, suspended: 2 } as const;

/** A row that can be imported; a SHA-1 is yet to be hashed. */
export interface ReadImportRow {
  readonly username: string;
  readonly usernameKey: string;
  readonly name: string;
  readonly organisation: string | undefined;
  readonly roles: RoleSet;
  readonly status: 0 | 1 | 2;
  readonly sha1?: string;
  readonly passwordHash?: string;
}

/** Reads a row; answers what is wrong with it where something is. */
export function readImportRow(row: ImportRow): ReadImportRow | readonly Problem[] {
  const username = row['username']?.trim() ?? '';
  const name = row['name']?.trim() || (username.split('@')[0] ?? '');
  const roles = readRoleNames(row['roles']);
  const status = statuses[(row['status']?.trim().toLowerCase() || 'active') as keyof typeof statuses];
  const secret = readSecret(row);
  const problems = [
    ...checkUsername(username),
    // It is empty only where the username is none.
    ...(name === '' ? [] : findNameProblems(name, 'name')),
    ...(typeof roles === 'number' ? [] : [roles]),
    ...(status === undefined ? [wrong(`status must be ${Object.keys(statuses).join(', ')}`)] : []),
    ...('token' in secret ? [secret] : []),
  ];
  if (problems.length > 0 || typeof roles !== 'number' || status === undefined || 'token' in secret) return problems;
  const organisation = row['organisation']?.trim() || undefined;
  return { username, usernameKey: normaliseUsername(username), name, organisation, roles, status, ...secret };
}

function wrong(message: string): Problem {
  return { token: 'InvalidFormat', message };
}

function readRoleNames(text: string | undefined): RoleSet | Problem {
  const names = (text?.trim() || 'User').split('|').map((name) => name.trim());
  const known = Object.keys(roleIds).filter((name) => name !== 'Service');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    return wrong(`roles - there is no role "${unknown.slice(0, 40)}"; there are ${known.join(', ')}`);
  return roleSet(...(names as RoleName[]));
}

function readSecret(row: ImportRow): Pick<ReadImportRow, 'sha1' | 'passwordHash'> | Problem {
  const sha1 = row['password_sha1']?.trim() || undefined;
  const hash = row['password_hash']?.trim() || undefined;
  if (sha1 !== undefined && hash !== undefined)
    return wrong('password_sha1 and password_hash are both given: give one');
  if (sha1 !== undefined) {
    const read = readPassword(sha1);
    return read.plain === undefined ? { sha1: read.sha1 } : wrong('password_sha1 must be 40 hexadecimal digits');
  }
  if (hash === undefined) return {};
  const passwordHash = keepForeignHash(hash);
  return passwordHash === undefined
    ? wrong('password_hash must be a bcrypt, scrypt ($scrypt$ln=…) or Argon2 hash of bounded cost')
    : { passwordHash };
}

/** A row that is ready: its organisation is known. */
export type PlacedImportRow = ReadImportRow & { readonly organisationId: number };

/** How far an import has come, kept in the store for as long as somebody may take it up again. */
export interface ImportProgress {
  readonly fileHash: string;
  /** How many rows are done, with this batch. */
  readonly rowsDone: number;
}

/**
 * Imports a batch of users in one transaction, with an event for each and how far the import has come: an import that is
 * cut off goes on where it was. Who exists already is left as it is.
 *
 * SHA-1s are hashed with Argon2id, a few at a time; hashes of other systems are kept.
 *
 * @returns how many users were made
 */
export async function importUsers(
  service: Service,
  actor: Actor,
  rows: readonly PlacedImportRow[],
  progress: ImportProgress,
): Promise<number> {
  const now = service.clock.now();
  const users = await hashRows(service, rows, now);
  return changeState(service, async (stores) => {
    const inserted = await stores.insertImportedUsers(users);
    await stores.putImportMark({ ...progress, markedAt: now });
    const events = inserted.map(({ id, username, organisationId, roles }) =>
      eventOf(service, actor.client, {
        type: 'UserImported',
        organisationId,
        userId: id,
        description: `User ${username} was imported by ${actor.name}`,
        detail: { roles: roleNames(roles) },
      }),
    );
    return { result: inserted.length, events };
  });
}

/** Hashes as many at a time as are run: a batch has more rows than may wait for their turn. */
async function hashRows(service: Service, rows: readonly PlacedImportRow[], now: number): Promise<NewImportedUser[]> {
  const users: NewImportedUser[] = [];
  const left = rows.entries();
  const hashNext = async (): Promise<void> => {
    for (const [index, { sha1, passwordHash, ...row }] of left) {
      const hash = sha1 === undefined ? (passwordHash ?? null) : await service.passwords.hash(sha1);
      users[index] = { ...row, passwordHash: hash, createdAt: now, passwordChangedAt: hash === null ? null : now };
    }
  };
  await Promise.all(Array.from({ length: service.hashQueue.concurrency }, hashNext));
  return users;
}

/** An import that was cut off can be taken up again for so long, and one that is through is recognised, in milliseconds. */
const importMarkMs = 30 * 24 * 60 * 60 * 1000;

/** Forgets how far imports of long ago had come; answers how many. */
export async function deleteOldImportMarks({ database, clock }: Service): Promise<number> {
  const marks = await database.listImportMarks();
  const old = marks.filter(({ markedAt }) => markedAt + importMarkMs <= clock.now());
  for (const { fileHash } of old) await database.deleteImportMark(fileHash);
  return old.length;
}
