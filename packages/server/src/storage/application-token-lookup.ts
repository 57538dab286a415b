import type { ApplicationTokenCaller, ApplicationTokenExchange, UserStatus } from '../domain/records.ts';
import { workspaceRoles } from '../domain/role.ts';
import { defineLookup } from './lookup.ts';
import type { StorageSession } from './storage-session.ts';
import { joinWorkspaceOf } from './workspace-join.ts';

/** A token with what bounds it: its organisation, its maker, and the maker's place in that organisation. */
const tokenAndMaker = `application_token AS token
    JOIN organisation ON organisation.id = token.organisation_id
    LEFT JOIN user_account AS creator ON creator.id = token.creator_id
    ${joinWorkspaceOf('token.creator_id')}`;

const tokenColumns = [
  'token.id',
  'token.revoked_at',
  'token.expires_at',
  'token.ip',
  'token.roles',
  'token.auth_token_minutes',
  'token.version',
  'token.organisation_id',
  'organisation.name',
  'token.creator_id',
  'creator.status',
  'assignment.roles',
  'main_place.roles',
];

type TokenRow = readonly [
  id: number,
  revokedAt: number | null,
  expiresAt: number | null,
  ip: string | null,
  roles: number | null,
  authTokenMinutes: number | null,
  version: number,
  organisationId: number,
  organisationName: string,
  creatorId: number | null,
  creatorStatus: UserStatus | null,
  creatorRoles: number | null,
  creatorMainRoles: number | null,
];

const exchange = defineLookup('application-token-exchange', {
  key: 'secret.secret_hash',
  keyType: 'bytea',
  from: `application_token_secret AS secret
    JOIN ${tokenAndMaker.replace(
      'application_token AS token',
      'application_token AS token ON token.id = secret.application_token_id',
    )}`,
  columns: [...tokenColumns, 'secret.valid_until'],
});

const caller = defineLookup('application-token-caller', {
  key: 'token.id',
  keyType: 'bigint',
  from: tokenAndMaker,
  columns: [...tokenColumns, 'creator.username', 'creator.name', 'organisation.tokens_from'],
});

export async function findApplicationTokenExchange(
  session: StorageSession,
  secretHash: Uint8Array,
): Promise<ApplicationTokenExchange | undefined> {
  const row = (await session.lookUp(exchange, secretHash)) as
    | readonly [...TokenRow, secretValidUntil: number | null]
    | undefined;
  return row && { ...toToken(row), secretValidUntil: row[13] };
}

export async function findApplicationTokenCaller(
  session: StorageSession,
  applicationTokenId: number,
): Promise<ApplicationTokenCaller | undefined> {
  const row = (await session.lookUp(caller, applicationTokenId)) as
    | readonly [...TokenRow, creatorUsername: string | null, creatorName: string | null, tokensFrom: number]
    | undefined;
  return row && { ...toToken(row), creatorUsername: row[13], creatorName: row[14], tokensFrom: row[15] };
}

function toToken(row: readonly [...TokenRow, ...unknown[]]): Omit<ApplicationTokenExchange, 'secretValidUntil'> {
  return {
    id: row[0],
    revokedAt: row[1],
    expiresAt: row[2],
    ip: row[3],
    roles: row[4],
    authTokenMinutes: row[5],
    version: row[6],
    organisationId: row[7],
    organisationName: row[8],
    creatorId: row[9],
    creatorStatus: row[10],
    creatorRoles: workspaceRoles(row[11], row[12]),
  };
}
