import { sql } from 'kysely';
import type { UserStatus, Workspace } from '../domain/records.ts';
import { noRoles, workspaceRoles } from '../domain/role.ts';
import type { Assignment, AssignmentStore } from '../domain/workspace-port.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';
import { joinWorkspaceOf } from './workspace-join.ts';

export const assignmentStore: StoreOperations<AssignmentStore> = {
  listAssignments,
  findAssignment,
  insertAssignment,
  setAssignmentStatus,
  changeAssignmentRoles,
  deleteAssignment,
  listAssignedWorkspaces,
  findWorkspace,
  findMainChildren,
  countOthersWithRoles,
  moveSession,
};

export interface AssignmentRow {
  readonly user_id: number;
  readonly organisation_id: number;
  readonly organisation_name: string;
  readonly roles: number;
  readonly status: UserStatus;
  readonly created_at: number;
}

export function toAssignment(row: AssignmentRow): Assignment {
  return {
    userId: row.user_id,
    organisation: { id: row.organisation_id, name: row.organisation_name },
    roles: row.roles,
    status: row.status,
    createdAt: row.created_at,
  };
}

function selectAssignments({ read }: StorageSession, userId: number) {
  return read
    .selectFrom('assignment')
    .innerJoin('organisation', 'organisation.id', 'assignment.organisation_id')
    .selectAll('assignment')
    .select('organisation.name as organisation_name')
    .where('assignment.user_id', '=', userId);
}

async function listAssignments(session: StorageSession, userId: number): Promise<Assignment[]> {
  const rows = await selectAssignments(session, userId)
    .orderBy('assignment.created_at')
    .orderBy('assignment.organisation_id')
    .execute();
  return rows.map(toAssignment);
}

async function findAssignment(
  session: StorageSession,
  userId: number,
  organisationId: number,
): Promise<Assignment | undefined> {
  const row = await selectAssignments(session, userId)
    .where('assignment.organisation_id', '=', organisationId)
    .executeTakeFirst();
  return row && toAssignment(row);
}

async function insertAssignment(
  { write }: StorageSession,
  assignment: Parameters<AssignmentStore['insertAssignment']>[0],
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await write
    .insertInto('assignment')
    .values({
      user_id: assignment.userId,
      organisation_id: assignment.organisationId,
      roles: assignment.roles,
      status: assignment.status,
      created_at: assignment.createdAt,
    })
    .onConflict((conflict) => conflict.columns(['user_id', 'organisation_id']).doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

async function setAssignmentStatus(
  { write }: StorageSession,
  userId: number,
  organisationId: number,
  status: UserStatus,
): Promise<void> {
  await write
    .updateTable('assignment')
    .set({ status })
    .where('user_id', '=', userId)
    .where('organisation_id', '=', organisationId)
    .execute();
}

async function changeAssignmentRoles(
  { write }: StorageSession,
  userId: number,
  organisationId: number,
  { added, removed }: { added: number; removed: number },
): Promise<void> {
  await sql`
    UPDATE assignment SET roles = (roles | CAST(${added} AS INTEGER)) & ~CAST(${removed} AS INTEGER)
    WHERE user_id = ${userId} AND organisation_id = ${organisationId}`.execute(write);
}

async function deleteAssignment({ write }: StorageSession, userId: number, organisationId: number): Promise<boolean> {
  const { numDeletedRows } = await write
    .deleteFrom('assignment')
    .where('user_id', '=', userId)
    .where('organisation_id', '=', organisationId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

async function listAssignedWorkspaces({ read }: StorageSession, userId: number): Promise<Workspace[]> {
  const rows = await read
    .selectFrom('assignment')
    .innerJoin('organisation', 'organisation.id', 'assignment.organisation_id')
    .select(['organisation.id', 'organisation.name', 'assignment.roles'])
    .where('assignment.user_id', '=', userId)
    .where('assignment.status', '=', 1)
    .where('assignment.roles', '<>', 0)
    .orderBy('organisation.id')
    .execute();
  return rows.map(({ id, name, roles }) => ({ id, name, roles }));
}

interface WorkspaceRow {
  readonly id: number;
  readonly name: string;
  readonly roles: number | null;
  readonly main_roles: number | null;
  readonly tokens_from: number;
}

async function findWorkspace(
  { read }: StorageSession,
  userId: number,
  organisationId: number,
): Promise<(Workspace & { tokensFrom: number }) | undefined> {
  const { rows } = await sql<WorkspaceRow>`
    SELECT organisation.id, organisation.name, organisation.tokens_from,
      assignment.roles, main_place.roles AS main_roles
    FROM user_account JOIN organisation ON organisation.id = ${organisationId} ${joinUser}
    WHERE user_account.id = ${userId}`.execute(read);
  const [row] = rows;
  if (row === undefined) return undefined;
  const roles = workspaceRoles(row.roles, row.main_roles);
  return roles === noRoles ? undefined : { id: row.id, name: row.name, roles, tokensFrom: row.tokens_from };
}

const joinUser = sql.raw(joinWorkspaceOf('user_account.id'));

async function findMainChildren(
  { read }: StorageSession,
  userId: number,
  roles: number,
): Promise<{ id: number; name: string }[]> {
  const { rows } = await sql<{ id: number; name: string }>`
    SELECT child.id, child.name FROM assignment
    JOIN organisation AS main ON main.id = assignment.organisation_id AND main.parent_id IS NULL
    JOIN organisation AS child ON child.parent_id = main.id
    WHERE assignment.user_id = ${userId} AND assignment.status = 1
      AND (assignment.roles & CAST(${roles} AS INTEGER)) <> 0
    ORDER BY child.id`.execute(read);
  return rows.map(({ id, name }) => ({ id, name }));
}

async function countOthersWithRoles(
  { read }: StorageSession,
  organisationId: number,
  roles: number,
  exceptUserId: number,
): Promise<number> {
  const { rows } = await sql<{ others: number }>`
    SELECT count(*) AS others FROM assignment
    JOIN user_account ON user_account.id = assignment.user_id
    WHERE assignment.organisation_id = ${organisationId} AND assignment.status = 1
      AND (assignment.roles & CAST(${roles} AS INTEGER)) <> 0 AND assignment.user_id <> ${exceptUserId}
      AND user_account.status = 1 AND user_account.password_hash IS NOT NULL`.execute(read);
  return rows[0]?.others ?? 0;
}

async function moveSession(
  { write }: StorageSession,
  sessionId: number,
  organisationId: number,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await write
    .updateTable('session')
    .set({ organisation_id: organisationId })
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
