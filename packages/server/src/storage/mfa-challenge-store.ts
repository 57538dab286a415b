import type { MfaChallenge, MfaChallengeStore } from '../domain/second-factor-port.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const mfaChallengeStore: StoreOperations<MfaChallengeStore> = {
  insertMfaChallenge,
  findMfaChallenge,
  takeMfaTry,
  setPasskeyChallenge,
  completeEnrolment,
  deleteMfaChallenge,
  deleteMfaChallenges,
  deleteAllMfaChallenges,
};

async function insertMfaChallenge(
  { write }: StorageSession,
  challenge: Omit<MfaChallenge, 'tries' | 'passkeyChallenge'>,
): Promise<void> {
  await write
    .insertInto('mfa_challenge')
    .values({
      id: challenge.id,
      user_id: challenge.userId,
      enrolment: challenge.enrolment ? 1 : 0,
      created_at: challenge.createdAt,
      expires_at: challenge.expiresAt,
      tries: 0,
      passkey_challenge: null,
    })
    .execute();
}

async function findMfaChallenge({ read }: StorageSession, id: string): Promise<MfaChallenge | undefined> {
  const row = await read.selectFrom('mfa_challenge').selectAll().where('id', '=', id).executeTakeFirst();
  return (
    row && {
      id: row.id,
      userId: row.user_id,
      enrolment: row.enrolment === 1,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      tries: row.tries,
      passkeyChallenge: row.passkey_challenge,
    }
  );
}

async function takeMfaTry({ write }: StorageSession, id: string, limit: number): Promise<boolean> {
  const { numUpdatedRows } = await write
    .updateTable('mfa_challenge')
    .set((eb) => ({ tries: eb('tries', '+', 1) }))
    .where('id', '=', id)
    .where('tries', '<', limit)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function setPasskeyChallenge({ write }: StorageSession, id: string, challenge: string): Promise<boolean> {
  const { numUpdatedRows } = await write
    .updateTable('mfa_challenge')
    .set({ passkey_challenge: challenge })
    .where('id', '=', id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function completeEnrolment({ write }: StorageSession, id: string): Promise<boolean> {
  const { numUpdatedRows } = await write
    .updateTable('mfa_challenge')
    .set({ enrolment: 0 })
    .where('id', '=', id)
    .where('enrolment', '=', 1)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function deleteMfaChallenge({ write }: StorageSession, id: string): Promise<boolean> {
  const { numDeletedRows } = await write.deleteFrom('mfa_challenge').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

async function deleteMfaChallenges({ write }: StorageSession, userId: number, exceptId = ''): Promise<void> {
  await write.deleteFrom('mfa_challenge').where('user_id', '=', userId).where('id', '<>', exceptId).execute();
}

async function deleteAllMfaChallenges({ write }: StorageSession): Promise<void> {
  await write.deleteFrom('mfa_challenge').execute();
}
