import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { TokenMeasures, TokenScope } from '../domain/application-token-port.ts';
import type { ApplicationToken, Page, PageQuery } from '../domain/records.ts';
import { bitField, numberField, type PageField, textField, timeField } from './page-field.ts';
import { anyOf, readPage } from './page-query.ts';
import type { Schema } from './schema.ts';
import type { StorageSession } from './storage-session.ts';

type TokenRow = Omit<Selectable<Schema['application_token']>, 'expiry_notice_days'> & {
  readonly organisation_name: string;
  readonly creator_name: string;
  readonly creator_username: string;
  readonly recent_exchanges: number;
  readonly attention: number;
  readonly replaced_at: number | null;
  readonly former_valid_until: number | null;
  readonly former_last_used_at: number | null;
  readonly former_last_used_ip: string | null;
};

const from = sql`application_token AS token
  JOIN organisation ON organisation.id = token.organisation_id
  LEFT JOIN user_account AS creator ON creator.id = token.creator_id`;

/**
 * What is kept of the secret before the present one, as long as it works; there is one at most. Not joined, since lists
 * are counted over what is joined.
 */
function ofFormerSecret({ now }: TokenMeasures, column: string): RawBuilder<unknown> {
  return sql`(SELECT former.${sql.ref(column)} FROM application_token_secret AS former
    WHERE former.application_token_id = token.id AND former.valid_until > ${now}
    ORDER BY former.valid_until DESC LIMIT 1)`;
}

function recentExchanges({ recentSince }: TokenMeasures): RawBuilder<unknown> {
  return sql`(SELECT coalesce(sum(exchanges), 0) FROM application_token_use AS recent
    WHERE recent.application_token_id = token.id AND recent.slot >= ${recentSince})`;
}

/** The reasons to look at a token that is in use, a bit for each. */
function attention(measures: TokenMeasures): RawBuilder<unknown> {
  const { now, soon, longAgo, maxExchangeMinutes, authTokenMinutes } = measures;
  const minutes = sql`CASE WHEN token.auth_token_minutes < ${authTokenMinutes}
    THEN token.auth_token_minutes ELSE CAST(${authTokenMinutes} AS INTEGER) END`;
  const reasons = [
    sql`token.expires_at < ${soon}`,
    sql`coalesce(token.last_used_at, token.created_at) < ${longAgo}`,
    sql`token.expires_at IS NULL`,
    sql`token.ip IS NULL AND token.network IS NOT NULL AND coalesce(token.elsewhere_at, 0) < ${longAgo}`,
    sql`${recentExchanges(measures)} * (${minutes}) > ${maxExchangeMinutes}`,
  ];
  const bits = reasons.map((reason, index) => sql`CASE WHEN ${reason} THEN ${sql.lit(1 << index)} ELSE 0 END`);
  return sql`CASE WHEN token.revoked_at IS NOT NULL OR token.expires_at <= ${now} THEN 0
    ELSE ${sql.join(bits, sql` + `)} END`;
}

function columns(measures: TokenMeasures): RawBuilder<unknown> {
  return sql`
    token.id, token.organisation_id, organisation.name AS organisation_name, token.creator_id,
    creator.name AS creator_name, creator.username AS creator_username, token.description, token.created_at,
    token.expires_at, token.revoked_at, token.ip, token.roles, token.auth_token_minutes, token.version, token.prefix,
    token.last_used_at, token.last_used_ip, ${recentExchanges(measures)} AS recent_exchanges,
    token.network, token.elsewhere_at, ${attention(measures)} AS attention,
    (SELECT max(present.created_at) FROM application_token_secret AS present
      WHERE present.application_token_id = token.id AND present.valid_until IS NULL) AS replaced_at,
    ${ofFormerSecret(measures, 'valid_until')} AS former_valid_until,
    ${ofFormerSecret(measures, 'last_used_at')} AS former_last_used_at,
    ${ofFormerSecret(measures, 'last_used_ip')} AS former_last_used_ip`;
}

/** What can be filtered and sorted on, by its name on the wire. */
function fields(measures: TokenMeasures): Readonly<Record<string, PageField>> {
  const { now } = measures;
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
    attention: bitField(attention(measures)),
  };
}

export async function findApplicationToken(
  { kind, read }: StorageSession,
  id: number,
  { organisationIds, ...measures }: TokenScope,
): Promise<ApplicationToken | undefined> {
  const { rows } = await sql<TokenRow>`
    SELECT ${columns(measures)} FROM ${from}
    WHERE token.id = ${id} AND ${anyOf(kind, sql`token.organisation_id`, organisationIds)}`.execute(read);
  const [row] = rows;
  return row && toApplicationToken(row);
}

export async function listApplicationTokensOf(
  { read }: StorageSession,
  creatorId: number,
  measures: TokenMeasures,
): Promise<ApplicationToken[]> {
  const { rows } = await sql<TokenRow>`
    SELECT ${columns(measures)} FROM ${from} WHERE token.creator_id = ${creatorId} ORDER BY token.id`.execute(read);
  return rows.map(toApplicationToken);
}

export async function listApplicationTokens(
  session: StorageSession,
  { organisationIds, ...measures }: TokenScope,
  query: PageQuery,
): Promise<Page<ApplicationToken>> {
  const page = await readPage<TokenRow>(
    session,
    {
      columns: columns(measures),
      from,
      scope: [anyOf(session.kind, sql`token.organisation_id`, organisationIds)],
      fields: fields(measures),
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
    network: row.network,
    elsewhereAt: row.elsewhere_at,
    attention: row.attention,
    formerSecret: toFormerSecret(row),
  };
}

function toFormerSecret(row: TokenRow): ApplicationToken['formerSecret'] {
  const { replaced_at: replacedAt, former_valid_until: validUntil } = row;
  if (replacedAt === null || validUntil === null) return null;
  return { replacedAt, validUntil, lastUsedAt: row.former_last_used_at, lastUsedIp: row.former_last_used_ip };
}
