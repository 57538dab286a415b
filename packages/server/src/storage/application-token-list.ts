import { type RawBuilder, sql } from 'kysely';
import type { ApplicationToken, Page, PageQuery } from '../domain/records.ts';
import { numberField, type PageField, textField, timeField } from './page-field.ts';
import { anyOf, readPage } from './page-query.ts';
import type { StorageSession } from './storage-session.ts';

interface Scope {
  readonly organisationIds: readonly number[];
  readonly recentSince: number;
}

interface TokenRow {
  id: number;
  organisation_id: number;
  organisation_name: string;
  creator_id: number | null;
  creator_name: string;
  creator_username: string;
  description: string | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  ip: string | null;
  roles: number | null;
  auth_token_minutes: number | null;
  version: number;
  prefix: string;
  last_used_at: number | null;
  last_used_ip: string | null;
  recent_exchanges: number;
}

const from = sql`application_token AS token
  JOIN organisation ON organisation.id = token.organisation_id
  LEFT JOIN user_account AS creator ON creator.id = token.creator_id`;

function columns(recentSince: number): RawBuilder<unknown> {
  return sql`
    token.id, token.organisation_id, organisation.name AS organisation_name, token.creator_id,
    creator.name AS creator_name, creator.username AS creator_username, token.description, token.created_at,
    token.expires_at, token.revoked_at, token.ip, token.roles, token.auth_token_minutes, token.version, token.prefix,
    token.last_used_at, token.last_used_ip,
    (SELECT coalesce(sum(exchanges), 0) FROM application_token_use AS recent
      WHERE recent.application_token_id = token.id AND recent.slot >= ${recentSince}) AS recent_exchanges`;
}

/** What can be filtered and sorted on, by its name on the wire. */
function fields(now: number): Readonly<Record<string, PageField>> {
  const status = sql`CASE WHEN token.revoked_at IS NOT NULL THEN 1 WHEN token.expires_at <= ${now} THEN 2 ELSE 0 END`;
  return {
    id: numberField(sql`token.id`),
    description: textField(sql`token.description`),
    created: timeField(sql`token.created_at`),
    status: numberField(status),
    expiry_date: timeField(sql`token.expires_at`, { nullable: true }),
    ip: textField(sql`token.ip`),
    creator: textField(sql`creator.username`),
    prefix: textField(sql`token.prefix`),
    last_used: timeField(sql`token.last_used_at`, { nullable: true }),
    last_used_ip: textField(sql`token.last_used_ip`),
    organisation: numberField(sql`token.organisation_id`),
  };
}

export async function findApplicationToken(
  { kind, read }: StorageSession,
  id: number,
  { organisationIds, recentSince }: Scope,
): Promise<ApplicationToken | undefined> {
  const { rows } = await sql<TokenRow>`
    SELECT ${columns(recentSince)} FROM ${from}
    WHERE token.id = ${id} AND ${anyOf(kind, sql`token.organisation_id`, organisationIds)}`.execute(read);
  const [row] = rows;
  return row && toApplicationToken(row);
}

export async function listApplicationTokens(
  session: StorageSession,
  { organisationIds, recentSince, now }: Scope & { now: number },
  query: PageQuery,
): Promise<Page<ApplicationToken>> {
  const page = await readPage<TokenRow>(
    session,
    {
      columns: columns(recentSince),
      from,
      scope: [anyOf(session.kind, sql`token.organisation_id`, organisationIds)],
      fields: fields(now),
      id: sql`token.id`,
    },
    query,
  );
  return { ...page, rows: page.rows.map(toApplicationToken) };
}

function toApplicationToken(row: TokenRow): ApplicationToken {
  const { creator_id: creatorId } = row;
  return {
    id: row.id,
    organisation: { id: row.organisation_id, name: row.organisation_name },
    creator: creatorId === null ? null : { id: creatorId, name: row.creator_name, username: row.creator_username },
    description: row.description,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    ip: row.ip,
    roles: row.roles,
    authTokenMinutes: row.auth_token_minutes,
    version: row.version,
    prefix: row.prefix,
    lastUsedAt: row.last_used_at,
    lastUsedIp: row.last_used_ip,
    recentExchanges: row.recent_exchanges,
  };
}
