import { type Selectable, sql } from 'kysely';
import type { MailStore, StoredMail, WaitingMail } from '../domain/mail-port.ts';
import type { MailTable } from './schema-mail.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const mailStore: StoreOperations<MailStore> = {
  insertMail,
  claimMails,
  deleteMail,
  postponeMail,
  listMails,
  countMails,
  retryMails,
};

async function insertMail({ write }: StorageSession, mail: Omit<StoredMail, 'id' | 'attempts'>): Promise<void> {
  await write
    .insertInto('mail')
    .values({
      user_id: mail.userId,
      recipient: mail.recipient,
      template: mail.template,
      language: mail.language,
      sealed_data: mail.sealedData,
      message_key: mail.messageKey,
      created_at: mail.createdAt,
      next_attempt_at: mail.createdAt,
    })
    .execute();
}

async function claimMails(
  session: StorageSession,
  now: number,
  leaseUntil: number,
  limit: number,
): Promise<StoredMail[]> {
  // Asked many times a second, and mostly there is none: that must not cost a write.
  if (!(await hasDueMail(session, now))) return [];
  const { kind, write } = session;
  // Materialized, since a plan that ran the inner query again would take more than the limit.
  const { rows } = await sql<Selectable<MailTable>>`
    WITH due AS MATERIALIZED (
      SELECT id AS due_id FROM mail WHERE next_attempt_at <= ${now} ORDER BY next_attempt_at, id LIMIT ${limit}
      ${sql.raw(kind === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : '')}
    )
    UPDATE mail SET next_attempt_at = ${leaseUntil}, attempts = attempts + 1
    FROM due WHERE id = due_id
    RETURNING *`.execute(write);
  return rows.map(toStoredMail).sort((one, other) => one.id - other.id);
}

async function hasDueMail({ read }: StorageSession, now: number): Promise<boolean> {
  const row = await read
    .selectFrom('mail')
    .select('id')
    .where('next_attempt_at', '<=', now)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function deleteMail({ write }: StorageSession, id: number): Promise<void> {
  await write.deleteFrom('mail').where('id', '=', id).execute();
}

async function postponeMail(
  { write }: StorageSession,
  { id, attempts }: Pick<StoredMail, 'id' | 'attempts'>,
  { nextAttemptAt, lastError }: { nextAttemptAt: number; lastError: string },
): Promise<void> {
  await write
    .updateTable('mail')
    .set({ next_attempt_at: nextAttemptAt, last_error: lastError })
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .execute();
}

async function listMails({ read }: StorageSession, limit: number): Promise<WaitingMail[]> {
  const rows = await read
    .selectFrom('mail')
    .selectAll()
    .orderBy('next_attempt_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => {
    const { sealedData: _sealed, messageKey: _key, ...mail } = toStoredMail(row);
    return { ...mail, nextAttemptAt: row.next_attempt_at, lastError: row.last_error };
  });
}

async function countMails({ read }: StorageSession): Promise<number> {
  const row = await read
    .selectFrom('mail')
    .select((eb) => eb.fn.countAll<number>().as('mails'))
    .executeTakeFirstOrThrow();
  return row.mails;
}

async function retryMails({ write }: StorageSession, now: number): Promise<number> {
  const { numUpdatedRows } = await write
    .updateTable('mail')
    .set({ next_attempt_at: now })
    .where('next_attempt_at', '>', now)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

function toStoredMail(row: Selectable<MailTable>): StoredMail {
  return {
    id: row.id,
    userId: row.user_id,
    recipient: row.recipient,
    template: row.template,
    language: row.language,
    sealedData: row.sealed_data,
    messageKey: row.message_key,
    createdAt: row.created_at,
    attempts: row.attempts,
  };
}
