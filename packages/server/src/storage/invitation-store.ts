import { sql } from 'kysely';
import type { User } from '../domain/records.ts';
import type { Assignment, InvitationStore } from '../domain/workspace-port.ts';
import { type AssignmentRow, toAssignment } from './assignment-store.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';
import { toUser } from './user-store.ts';

export const invitationStore: StoreOperations<InvitationStore> = { findInvitation, listInvitations };

async function findInvitation(
  { read }: StorageSession,
  invitedUserId: number,
  organisationId: number,
): Promise<User | undefined> {
  const row = await read
    .selectFrom('user_account')
    .innerJoin('assignment', 'assignment.user_id', 'user_account.id')
    .selectAll('user_account')
    .where('user_account.invited_user_id', '=', invitedUserId)
    .where('assignment.organisation_id', '=', organisationId)
    .orderBy('user_account.id')
    .executeTakeFirst();
  return row && toUser(row);
}

async function listInvitations(
  { read }: StorageSession,
  invitedUserId: number,
): Promise<(Assignment & { invitation: User })[]> {
  const invitations = await read
    .selectFrom('user_account')
    .selectAll()
    .where('invited_user_id', '=', invitedUserId)
    .orderBy('id')
    .execute();
  const { rows } = await sql<AssignmentRow>`
    SELECT assignment.user_id, assignment.organisation_id, organisation.name AS organisation_name, assignment.roles,
      assignment.status, assignment.created_at
    FROM user_account JOIN assignment ON assignment.user_id = user_account.id
    JOIN organisation ON organisation.id = assignment.organisation_id
    WHERE user_account.invited_user_id = ${invitedUserId} ORDER BY assignment.organisation_id`.execute(read);
  const users = new Map(invitations.map((row) => [row.id, toUser(row)]));
  return rows.flatMap((row) => {
    const invitation = users.get(row.user_id);
    return invitation === undefined ? [] : [{ ...toAssignment(row), invitation }];
  });
}
