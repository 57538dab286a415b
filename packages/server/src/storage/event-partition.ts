import { sql } from 'kysely';
import { Refusal } from '../domain/errors.ts';
import type { StorageSession } from './storage-session.ts';

/** How many months have a partition ahead of time, this one included. */
const months = 3;

interface Month {
  readonly table: string;
  readonly from: number;
  readonly until: number;
}

/** On SQLite all events are in one table. */
export async function prepareEvents(session: StorageSession, now: number): Promise<void> {
  if (session.kind === 'sqlite') {
    return;
  }
  for (let ahead = 0; ahead < months; ahead++) {
    const month = monthOf(now, ahead);
    if (!(await exists(session, month))) {
      await tryToMake(session, month);
    }
  }
}

function monthOf(now: number, ahead: number): Month {
  const date = new Date(now);
  const from = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead);
  const until = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead + 1);
  const [year, month] = new Date(from).toISOString().split('-');
  return { table: `event_${year}_${month}`, from, until };
}

async function exists({ read }: StorageSession, { table }: Month): Promise<boolean> {
  const { rows } = await sql`SELECT 1 WHERE to_regclass(${table}) IS NOT NULL`.execute(read);
  return rows.length > 0;
}

/** Until a partition can be made, the default one takes its rows: no reason for a server not to start. */
async function tryToMake(session: StorageSession, month: Month): Promise<void> {
  try {
    await session.atomically((transaction) => makePartition(transaction, month));
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    const fields = { partition: month.table, reason: error.reason };
    session.log.warn(fields, 'A partition for events could not be made; it will be tried again');
  }
}

/** Makes a month's partition, with the rows that the default one has taken for it. */
async function makePartition(transaction: StorageSession, month: Month): Promise<void> {
  const { write } = transaction;
  // The default partition is locked against everybody; behind a long reader it is better to give up and come back later.
  await sql`SET LOCAL lock_timeout = '1s'`.execute(write);
  await sql`LOCK TABLE event IN SHARE UPDATE EXCLUSIVE MODE`.execute(write);
  if (await exists(transaction, month)) {
    return;
  }
  await sql`LOCK TABLE event_default IN ACCESS EXCLUSIVE MODE`.execute(write);
  const table = sql.table(month.table);
  const from = sql.lit(month.from);
  const until = sql.lit(month.until);
  await sql`CREATE TABLE ${table} (LIKE event INCLUDING ALL)`.execute(write);
  await sql`
    WITH moved AS (DELETE FROM event_default WHERE occurred_at >= ${from} AND occurred_at < ${until} RETURNING *)
    INSERT INTO ${table} SELECT * FROM moved`.execute(write);
  await sql`ALTER TABLE event ATTACH PARTITION ${table} FOR VALUES FROM (${from}) TO (${until})`.execute(write);
}
