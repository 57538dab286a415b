import { type Insertable, type Selectable, sql } from 'kysely';
import type {
  Audience,
  DelayReason,
  EndedTokens,
  NewRevocation,
  PublishedRevocation,
  RevocationStore,
} from '../domain/revocation-port.ts';
import { inChunks } from './chunk.ts';
import { anyOf } from './page-query.ts';
import { isDue, publishRevocations } from './revocation-publication.ts';
import {
  endSessionsBegunBefore,
  findLongestAuthTokenMinutes,
  listTokenPlaces,
  noteAuthTokenMinutes,
  raiseApplicationTokenVersions,
  setTokensFrom,
} from './revoked-token-store.ts';
import type { RevocationTable } from './schema-revocation.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const revocationStore: StoreOperations<RevocationStore> = {
  insertRevocations,
  raiseApplicationTokenVersions,
  raiseRevocationsToCome,
  moveRevocationsToCome,
  listTokenPlaces,
  publishRevocations,
  findFeedState,
  listRevocations,
  findEndedBelow,
  findRevocationSequence,
  deleteExpiredRevocations,
  noteAuthTokenMinutes,
  findLongestAuthTokenMinutes,
  setTokensFrom,
  endSessionsBegunBefore,
};

/** How many entries go at a time. */
const deleteLimit = 1000;

async function insertRevocations(session: StorageSession, revocations: readonly NewRevocation[]): Promise<void> {
  if (revocations.length === 0) return;
  await inChunks(revocations, async (chunk) => {
    await session.write.insertInto('revocation').values(chunk.map(toRow)).execute();
  });
  await session.wakeWatchers();
}

async function raiseRevocationsToCome(
  session: StorageSession,
  subjects: readonly string[],
  by: number,
  now: number,
): Promise<void> {
  await inChunks(subjects, async (chunk) => {
    await session.write
      .updateTable('revocation')
      .set((eb) => ({ below: eb('below', '+', by) }))
      .where('subject', 'in', chunk)
      .where('sequence', 'is', null)
      .where('due_at', '>', now)
      .execute();
  });
}

async function moveRevocationsToCome(
  { write }: StorageSession,
  subject: string,
  reason: DelayReason,
  { dueAt, now }: { dueAt: number | null; now: number },
): Promise<void> {
  // What is due now is due by every process's clock.
  const reasonKept = dueAt !== null && dueAt > now ? reason : null;
  const toCome = sql`subject = ${subject} AND reason = ${reason} AND sequence IS NULL AND due_at > ${now}`;
  await (dueAt === null
    ? sql`DELETE FROM revocation WHERE ${toCome}`
    : sql`UPDATE revocation SET due_at = ${dueAt}, reason = ${reasonKept} WHERE ${toCome}`
  ).execute(write);
}

async function findFeedState(
  { read }: StorageSession,
  now: number,
): Promise<{ lastSequence: number; hasDue: boolean }> {
  const { rows } = await sql<{ last_sequence: number; due: number }>`
    SELECT last_sequence, (
      SELECT count(*) FROM (
        SELECT 1 FROM revocation WHERE ${isDue(now)} LIMIT 1
      ) AS first_due
    ) AS due
    FROM revocation_feed`.execute(read);
  const [row] = rows;
  if (row === undefined) throw new Error('the place of the last revocation is missing');
  return { lastSequence: row.last_sequence, hasDue: row.due > 0 };
}

async function listRevocations(
  { kind, read }: StorageSession,
  audience: Audience | 'all',
  { after, upTo, now, limit }: { after: number; upTo: number; now: number; limit: number },
): Promise<PublishedRevocation[]> {
  const forAudience =
    audience === 'all'
      ? sql``
      : sql`AND sequence IN (
          SELECT sequence FROM revocation_audience
          WHERE ${anyOf(kind, sql`audience`, audience)} AND sequence > ${after} AND sequence <= ${upTo}
        )`;
  const { rows } = await sql<Selectable<RevocationTable>>`
    SELECT * FROM revocation
    WHERE sequence > ${after} AND sequence <= ${upTo} AND expires_at > ${now} ${forAudience}
    ORDER BY sequence LIMIT ${limit}`.execute(read);
  return rows.map(toRevocation);
}

/** Whether it has its place in the feed yet does not matter: it is committed. */
async function findEndedBelow({ read }: StorageSession, subject: string, now: number): Promise<number> {
  const row = await read
    .selectFrom('revocation')
    .select(({ fn }) => fn.max('below').as('below'))
    .where('subject', '=', subject)
    .where('due_at', '<=', now)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row?.below ?? 0;
}

async function findRevocationSequence({ read }: StorageSession, id: string): Promise<number | undefined> {
  const row = await read.selectFrom('revocation').select('sequence').where('id', '=', id).executeTakeFirst();
  return row?.sequence ?? undefined;
}

async function deleteExpiredRevocations({ write }: StorageSession, expiredBefore: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    DELETE FROM revocation WHERE id IN (
      SELECT id FROM revocation WHERE expires_at < ${expiredBefore} LIMIT ${deleteLimit}
    )`.execute(write);
  return Number(numAffectedRows);
}

function toRow(revocation: NewRevocation): Insertable<RevocationTable> {
  const { id, ended, audience, expiresAt, dueAt, reason } = revocation;
  return {
    id,
    sequence: null,
    subject: ended.kind === 'subject' ? ended.subject : null,
    session_id: ended.kind === 'session' ? ended.sessionId : null,
    organisation_id: ended.kind === 'organisation' ? ended.organisationId : null,
    below: 'below' in ended ? ended.below : null,
    issued_before: 'issuedBefore' in ended ? ended.issuedBefore : null,
    audience: JSON.stringify(audience),
    reason: reason ?? null,
    due_at: dueAt,
    expires_at: expiresAt,
  };
}

function toRevocation(row: Selectable<RevocationTable>): PublishedRevocation {
  return {
    id: row.id,
    sequence: row.sequence ?? 0,
    ended: toEndedTokens(row),
    audience: JSON.parse(row.audience),
    expiresAt: row.expires_at,
  };
}

function toEndedTokens(row: Selectable<RevocationTable>): EndedTokens {
  const { subject, session_id: sessionId, organisation_id: organisationId } = row;
  if (subject !== null) return { kind: 'subject', subject, below: row.below ?? 0 };
  if (sessionId !== null) return { kind: 'session', sessionId, below: row.below ?? 0 };
  const issuedBefore = row.issued_before ?? 0;
  return organisationId === null
    ? { kind: 'all', issuedBefore }
    : { kind: 'organisation', organisationId, issuedBefore };
}
