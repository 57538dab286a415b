import type { ExpiringToken, NoticeKind, NoticeStore } from '../domain/notice-port.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const noticeStore: StoreOperations<NoticeStore> = {
  claimNotice,
  hasKnownNetwork,
  listExpiringTokens,
  claimExpiryNotice,
  setExpiryNotice,
};

async function claimNotice(
  { write }: StorageSession,
  userId: number,
  kind: NoticeKind,
  { now, notSince }: { now: number; notSince: number },
): Promise<boolean> {
  const row = await write
    .insertInto('user_notice')
    .values({ user_id: userId, kind, sent_at: now })
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'kind']).doUpdateSet({ sent_at: now }).where('user_notice.sent_at', '<=', notSince),
    )
    .returning('sent_at')
    .executeTakeFirst();
  return row !== undefined;
}

async function hasKnownNetwork({ read }: StorageSession, userId: number): Promise<boolean> {
  const row = await read
    .selectFrom('known_network')
    .select('network')
    .where('user_id', '=', userId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function listExpiringTokens(
  { read }: StorageSession,
  span: { from: number; until: number },
  page: { afterId: number; limit: number },
): Promise<ExpiringToken[]> {
  const rows = await read
    .selectFrom('application_token')
    .innerJoin('organisation', 'organisation.id', 'application_token.organisation_id')
    .innerJoin('user_account', 'user_account.id', 'application_token.creator_id')
    .select(['application_token.id', 'description', 'prefix', 'expires_at', 'expiry_notice_days'])
    .select(['organisation.name as organisation_name', 'user_account.id as creator_id'])
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', span.from)
    .where('expires_at', '<=', span.until)
    .where('user_account.status', '=', 1)
    .where('application_token.id', '>', page.afterId)
    .orderBy('application_token.id')
    .limit(page.limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    description: row.description,
    prefix: row.prefix,
    expiresAt: row.expires_at ?? 0,
    organisationName: row.organisation_name,
    creatorId: row.creator_id,
    noticeDays: row.expiry_notice_days,
  }));
}

async function claimExpiryNotice(
  { write }: StorageSession,
  { id, expiresAt }: Pick<ExpiringToken, 'id' | 'expiresAt'>,
  noticeDays: number,
): Promise<boolean> {
  const { numUpdatedRows } = await write
    .updateTable('application_token')
    .set({ expiry_notice_days: noticeDays })
    .where('id', '=', id)
    .where('expires_at', '=', expiresAt)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expiry_notice_days', 'is', null), eb('expiry_notice_days', '>', noticeDays)]))
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

async function setExpiryNotice({ write }: StorageSession, id: number, noticeDays: number | null): Promise<void> {
  await write.updateTable('application_token').set({ expiry_notice_days: noticeDays }).where('id', '=', id).execute();
}
