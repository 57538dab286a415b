import type { MailRequestStore, StoredMailRequest } from '../domain/mail-request-port.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const mailRequestStore: StoreOperations<MailRequestStore> = {
  insertMailRequest,
  listMailRequests,
  takeMailRequest,
};

async function insertMailRequest({ write }: StorageSession, request: Omit<StoredMailRequest, 'id'>): Promise<void> {
  await write
    .insertInto('mail_request')
    .values({ sealed_data: request.sealedData, created_at: request.createdAt })
    .execute();
}

async function listMailRequests({ read }: StorageSession, limit: number): Promise<StoredMailRequest[]> {
  const rows = await read.selectFrom('mail_request').selectAll().orderBy('id').limit(limit).execute();
  return rows.map((row) => ({ id: row.id, sealedData: row.sealed_data, createdAt: row.created_at }));
}

async function takeMailRequest({ write }: StorageSession, id: number): Promise<boolean> {
  const { numDeletedRows } = await write.deleteFrom('mail_request').where('id', '=', id).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
