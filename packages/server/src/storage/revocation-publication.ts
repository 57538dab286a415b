import { type RawBuilder, sql } from 'kysely';
import { jsonRows } from './json-rows.ts';
import type { StorageSession } from './storage-session.ts';

/** How many entries one transaction gives their places. */
const publicationSize = 500;

/** Which entries wait for a place: only those that were written for later are held against this process's clock. */
export function isDue(now: number): RawBuilder<boolean> {
  return sql<boolean>`sequence IS NULL AND expires_at > ${now} AND (reason IS NULL OR due_at <= ${now})`;
}

interface DueRow {
  readonly id: string;
  readonly audience: string;
}

/**
 * Gives entries that are due and committed their places. The row with the last place is held until the transaction ends, so
 * places become visible in their order, which those that a sequence of PostgreSQL hands out don't.
 */
export async function publishRevocations(session: StorageSession, now: number): Promise<number> {
  return session.atomically(async (transaction) => {
    const { kind, write } = transaction;
    const held = await sql<{ last_sequence: number }>`
      SELECT last_sequence FROM revocation_feed ${sql.raw(kind === 'postgres' ? 'FOR UPDATE' : '')}`.execute(write);
    const last = held.rows[0]?.last_sequence ?? 0;
    const { rows } = await sql<DueRow>`
      SELECT id, audience FROM revocation
      WHERE ${isDue(now)}
      ORDER BY due_at, below, id LIMIT ${publicationSize}`.execute(write);
    if (rows.length === 0) return 0;
    await givePlaces(transaction, rows, last);
    await write
      .updateTable('revocation_feed')
      .set({ last_sequence: last + rows.length })
      .execute();
    return rows.length;
  });
}

async function givePlaces({ kind, write }: StorageSession, rows: readonly DueRow[], last: number): Promise<void> {
  const placed = rows.map(({ id, audience }, index) => ({
    id,
    sequence: last + 1 + index,
    audience: JSON.parse(audience) as readonly number[],
  }));
  const places = placed.map(({ id, sequence }) => ({ id, sequence }));
  await sql`
    UPDATE revocation SET sequence = used.sequence
    FROM ${jsonRows(kind, { id: 'text', sequence: 'bigint' }, places)}
    WHERE revocation.id = used.id`.execute(write);
  const audiences = placed.flatMap(({ sequence, audience }) => audience.map((one) => ({ audience: one, sequence })));
  await sql`
    INSERT INTO revocation_audience (audience, sequence)
    SELECT used.audience, used.sequence
    FROM ${jsonRows(kind, { audience: 'bigint', sequence: 'bigint' }, audiences)}`.execute(write);
}
