import type { ApplicationTokenStore } from '../domain/application-token-port.ts';
import { findApplicationToken, listApplicationTokens, listApplicationTokensOf } from './application-token-list.ts';
import { findApplicationTokenCaller, findApplicationTokenExchange } from './application-token-lookup.ts';
import { deleteApplicationTokenUses, noteApplicationTokenUses } from './application-token-use.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const applicationTokenStore: StoreOperations<ApplicationTokenStore> = {
  insertApplicationToken,
  insertApplicationTokenSecret,
  retireApplicationTokenSecret,
  findApplicationToken,
  listApplicationTokens,
  listApplicationTokensOf,
  updateApplicationToken,
  revokeApplicationToken,
  findApplicationTokenExchange,
  findApplicationTokenCaller,
  noteApplicationTokenUses,
  deleteApplicationTokenUses,
};

type NewApplicationToken = Parameters<ApplicationTokenStore['insertApplicationToken']>[0];
type NewSecret = Parameters<ApplicationTokenStore['insertApplicationTokenSecret']>[0];
type Change = Parameters<ApplicationTokenStore['updateApplicationToken']>[1];

async function insertApplicationToken({ write }: StorageSession, token: NewApplicationToken): Promise<number> {
  const row = await write
    .insertInto('application_token')
    .values({
      organisation_id: token.organisationId,
      creator_id: token.creatorId,
      description: token.description,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
      revoked_at: token.revokedAt,
      ip: token.ip,
      roles: token.roles,
      auth_token_minutes: token.authTokenMinutes,
      version: token.version,
      prefix: token.prefix,
      last_used_at: token.lastUsedAt,
      last_used_ip: token.lastUsedIp,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function insertApplicationTokenSecret({ write }: StorageSession, secret: NewSecret): Promise<void> {
  await write
    .insertInto('application_token_secret')
    .values({
      secret_hash: secret.secretHash,
      application_token_id: secret.applicationTokenId,
      created_at: secret.createdAt,
      valid_until: secret.validUntil,
    })
    .execute();
}

async function retireApplicationTokenSecret(
  session: StorageSession,
  applicationTokenId: number,
  validUntil: number,
): Promise<void> {
  await session.atomically(async ({ write }) => {
    await write
      .deleteFrom('application_token_secret')
      .where('application_token_id', '=', applicationTokenId)
      .where('valid_until', 'is not', null)
      .execute();
    await write
      .updateTable('application_token_secret')
      .set({ valid_until: validUntil })
      .where('application_token_id', '=', applicationTokenId)
      .execute();
  });
}

async function updateApplicationToken({ write }: StorageSession, id: number, change: Change): Promise<boolean> {
  const { description, expiresAt, ip, prefix } = change;
  const row = await write
    .updateTable('application_token')
    .set((eb) => ({
      // Where nothing else changes, the row is still held until the transaction ends.
      prefix: prefix ?? eb.ref('prefix'),
      ...(description !== undefined && { description }),
      ...(expiresAt !== undefined && { expires_at: expiresAt }),
      ...(ip !== undefined && { ip }),
    }))
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

async function revokeApplicationToken({ write }: StorageSession, id: number, revokedAt: number): Promise<boolean> {
  const row = await write
    .updateTable('application_token')
    .set({ revoked_at: revokedAt })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
