import type { SessionCaller, UserStatus } from '../domain/records.ts';
import { workspaceRoles } from '../domain/role.ts';
import { defineLookup } from './lookup.ts';
import type { StorageSession } from './storage-session.ts';
import { joinWorkspaceOf } from './workspace-join.ts';

const sessionCaller = defineLookup('session-caller', {
  key: 'session.id',
  keyType: 'bigint',
  from: `session
    JOIN user_account ON user_account.id = session.user_id
    JOIN organisation ON organisation.id = session.organisation_id
    LEFT JOIN user_account AS operator ON operator.id = session.operator_id
    ${joinWorkspaceOf('session.user_id')}`,
  columns: [
    'session.id',
    'session.user_id',
    'session.organisation_id',
    'session.created_at',
    'session.created_ip',
    'session.last_used_at',
    'session.last_used_ip',
    'session.user_agent',
    'session.amr',
    'session.expires_at',
    'session.ended_at',
    'session.ended_reason',
    'session.refresh_generation',
    'session.rotated_at',
    'session.operator_id',
    'session.support_roles',
    'operator.username',
    'user_account.username',
    'user_account.name',
    'user_account.status',
    'user_account.version',
    'organisation.name',
    'assignment.roles',
    'main_place.roles',
    'organisation.tokens_from',
  ],
});

type SessionRow = readonly [
  id: number,
  userId: number,
  organisationId: number,
  createdAt: number,
  createdIp: string,
  lastUsedAt: number,
  lastUsedIp: string,
  userAgent: string | null,
  amr: string,
  expiresAt: number,
  endedAt: number | null,
  endedReason: string | null,
  refreshGeneration: number,
  rotatedAt: number | null,
  operatorId: number | null,
  supportRoles: number | null,
];
type CallerRow = readonly [
  ...SessionRow,
  operatorUsername: string | null,
  username: string,
  name: string,
  userStatus: UserStatus,
  userVersion: number,
  organisationName: string,
  roles: number | null,
  mainRoles: number | null,
  tokensFrom: number,
];

export async function findSessionCaller(
  session: StorageSession,
  sessionId: number,
): Promise<SessionCaller | undefined> {
  const row = await session.lookUp(sessionCaller, sessionId);
  return row && toSessionCaller(row as CallerRow);
}

function toSessionCaller(row: CallerRow): SessionCaller {
  return {
    session: {
      id: row[0],
      userId: row[1],
      organisationId: row[2],
      createdAt: row[3],
      createdIp: row[4],
      lastUsedAt: row[5],
      lastUsedIp: row[6],
      userAgent: row[7],
      amr: JSON.parse(row[8]),
      expiresAt: row[9],
      endedAt: row[10],
      endedReason: row[11],
      refreshGeneration: row[12],
      rotatedAt: row[13],
      operatorId: row[14],
      supportRoles: row[15],
    },
    operatorUsername: row[16],
    username: row[17],
    name: row[18],
    userStatus: row[19],
    userVersion: row[20],
    organisation: { id: row[2], name: row[21], tokensFrom: row[24] },
    roles: workspaceRoles(row[22], row[23]),
  };
}
