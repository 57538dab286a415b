import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { anyOf } from './page-query.ts';
import type { StorageSession } from './storage-session.ts';

/** Keeps the locks of usernames apart from the service's own advisory locks, which are single numbers. */
const usernameLockClass = 7_029_010;

/** Holds organisations until the transaction ends; SQLite's transactions have the whole file to themselves. */
export async function holdOrganisations({ kind, write }: StorageSession, ids: readonly number[]): Promise<void> {
  if (kind === 'sqlite' || ids.length === 0) return;
  // In one order, so that no two transactions wait for each other; not against those who only refer to them.
  await sql`SELECT id FROM organisation WHERE ${anyOf(kind, sql`id`, ids)} ORDER BY id FOR NO KEY UPDATE`.execute(
    write,
  );
}

/** Lets one transaction at a time give out a username. */
export async function lockUsername({ kind, write }: StorageSession, usernameKey: string): Promise<void> {
  if (kind === 'sqlite') return;
  const number = createHash('sha256').update(usernameKey).digest().readInt32BE(0);
  await sql`SELECT pg_advisory_xact_lock(${sql.lit(usernameLockClass)}, ${number}::int)`.execute(write);
}
