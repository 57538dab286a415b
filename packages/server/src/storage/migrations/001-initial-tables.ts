import { type ColumnWords, columnWords } from './column-words.ts';
import type { Migration } from './migration.ts';

export const initialTables: Migration = {
  name: '001-initial-tables',
  statements: (kind) => [
    ...accountTables(columnWords[kind]),
    ...sessionTable(columnWords[kind]),
    ...applicationTokenTables(columnWords[kind]),
    ...lockoutTables(columnWords[kind]),
    ...(kind === 'postgres' ? partitionedEventTable() : eventTable(columnWords[kind])),
    ...serviceTables(columnWords[kind]),
    ...(kind === 'postgres' ? [foldCaseFunction] : []),
  ],
};

function accountTables({ id, big, table, keyed }: ColumnWords): string[] {
  return [
    `CREATE TABLE organisation (
      id ${id},
      name TEXT NOT NULL,
      parent_id ${big} REFERENCES organisation (id),
      created_at ${big} NOT NULL
    ) ${table}`,
    'CREATE INDEX organisation_by_parent ON organisation (parent_id)',
    'CREATE INDEX organisation_by_name ON organisation (name)',
    `CREATE TABLE user_account (
      id ${id},
      username TEXT NOT NULL,
      username_key TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      status INTEGER NOT NULL,
      password_hash TEXT,
      organisation_id ${big} NOT NULL REFERENCES organisation (id),
      version INTEGER NOT NULL,
      created_at ${big} NOT NULL,
      password_changed_at ${big}
    ) ${table}`,
    'CREATE INDEX user_account_by_organisation ON user_account (organisation_id)',
    `CREATE TABLE assignment (
      user_id ${big} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
      organisation_id ${big} NOT NULL REFERENCES organisation (id),
      roles INTEGER NOT NULL,
      created_at ${big} NOT NULL,
      PRIMARY KEY (user_id, organisation_id)
    ) ${keyed}`,
    'CREATE INDEX assignment_by_organisation ON assignment (organisation_id)',
  ];
}

function sessionTable({ id, big, table }: ColumnWords): string[] {
  return [
    `CREATE TABLE session (
      id ${id},
      user_id ${big} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
      organisation_id ${big} NOT NULL REFERENCES organisation (id),
      created_at ${big} NOT NULL,
      created_ip TEXT NOT NULL,
      last_used_at ${big} NOT NULL,
      last_used_ip TEXT NOT NULL,
      user_agent TEXT,
      amr TEXT NOT NULL,
      expires_at ${big} NOT NULL,
      ended_at ${big},
      ended_reason TEXT
    ) ${table}`,
    'CREATE INDEX session_by_user ON session (user_id)',
    'CREATE INDEX session_by_organisation ON session (organisation_id)',
  ];
}

function applicationTokenTables({ id, big, bytes, table, keyed }: ColumnWords): string[] {
  return [
    `CREATE TABLE application_token (
      id ${id},
      organisation_id ${big} NOT NULL REFERENCES organisation (id),
      creator_id ${big} REFERENCES user_account (id) ON DELETE SET NULL,
      description TEXT,
      created_at ${big} NOT NULL,
      expires_at ${big},
      revoked_at ${big},
      ip TEXT,
      roles INTEGER,
      auth_token_minutes INTEGER,
      version INTEGER NOT NULL,
      prefix TEXT NOT NULL,
      last_used_at ${big},
      last_used_ip TEXT
    ) ${table}`,
    'CREATE INDEX application_token_by_organisation ON application_token (organisation_id, id)',
    'CREATE INDEX application_token_by_creator ON application_token (creator_id)',
    `CREATE TABLE application_token_secret (
      secret_hash ${bytes} NOT NULL PRIMARY KEY,
      application_token_id ${big} NOT NULL REFERENCES application_token (id) ON DELETE CASCADE,
      created_at ${big} NOT NULL,
      valid_until ${big},
      last_used_at ${big},
      last_used_ip TEXT
    ) ${keyed}`,
    'CREATE INDEX application_token_secret_by_token ON application_token_secret (application_token_id)',
    `CREATE TABLE application_token_use (
      application_token_id ${big} NOT NULL REFERENCES application_token (id) ON DELETE CASCADE,
      slot ${big} NOT NULL,
      exchanges INTEGER NOT NULL,
      PRIMARY KEY (application_token_id, slot)
    ) ${keyed}`,
    'CREATE INDEX application_token_use_by_slot ON application_token_use (slot)',
  ];
}

function lockoutTables({ big, keyed }: ColumnWords): string[] {
  return [
    `CREATE TABLE lockout (
      subject TEXT NOT NULL,
      scope TEXT NOT NULL,
      user_id ${big} REFERENCES user_account (id) ON DELETE CASCADE,
      failures INTEGER NOT NULL,
      locked_until ${big},
      updated_at ${big} NOT NULL,
      PRIMARY KEY (subject, scope)
    ) ${keyed}`,
    'CREATE INDEX lockout_by_user ON lockout (user_id)',
    'CREATE INDEX lockout_unknown_by_update ON lockout (updated_at) WHERE user_id IS NULL',
    `CREATE TABLE known_network (
      user_id ${big} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
      network TEXT NOT NULL,
      last_sign_in_at ${big} NOT NULL,
      PRIMARY KEY (user_id, network)
    ) ${keyed}`,
  ];
}

/** Events outlive the users and organisations that they tell of, so they refer to them without a foreign key. */
function eventColumns(big: string): string {
  return `
      organisation_id ${big},
      chain_id ${big} NOT NULL,
      sequence ${big} NOT NULL,
      occurred_at ${big} NOT NULL,
      type INTEGER NOT NULL,
      source INTEGER NOT NULL,
      severity INTEGER NOT NULL,
      alert INTEGER NOT NULL,
      description TEXT NOT NULL,
      user_id ${big},
      request_id TEXT,
      detail TEXT,
      previous_hash TEXT NOT NULL,
      hash TEXT NOT NULL`;
}

const eventIndexes = [
  'CREATE INDEX event_by_organisation ON event (organisation_id, id)',
  'CREATE INDEX event_by_organisation_time ON event (organisation_id, occurred_at, id)',
  'CREATE INDEX event_by_user ON event (user_id, id)',
];

function eventTable({ id, big, table }: ColumnWords): string[] {
  return [
    `CREATE TABLE event (
      id ${id},${eventColumns(big)},
      UNIQUE (chain_id, sequence)
    ) ${table}`,
    ...eventIndexes,
  ];
}

/** Before PostgreSQL 17 a partitioned table has no identity column; a partitioned table's unique keys hold the time. */
function partitionedEventTable(): string[] {
  return [
    'CREATE SEQUENCE event_id AS BIGINT',
    `CREATE TABLE event (
      id BIGINT NOT NULL DEFAULT nextval('event_id'),${eventColumns('BIGINT')},
      PRIMARY KEY (id, occurred_at),
      UNIQUE (chain_id, sequence, occurred_at)
    ) PARTITION BY RANGE (occurred_at)`,
    'ALTER SEQUENCE event_id OWNED BY event.id',
    'CREATE TABLE event_default PARTITION OF event DEFAULT',
    ...eventIndexes,
  ];
}

function serviceTables({ id, big, bytes, table, keyed }: ColumnWords): string[] {
  return [
    `CREATE TABLE event_chain (
      chain_id ${big} NOT NULL PRIMARY KEY,
      sequence ${big} NOT NULL,
      hash TEXT NOT NULL
    ) ${table}`,
    `CREATE TABLE signing_key (
      id ${id},
      kid TEXT NOT NULL UNIQUE,
      purpose TEXT NOT NULL,
      algorithm TEXT NOT NULL,
      state TEXT NOT NULL,
      encrypted_key TEXT NOT NULL,
      created_at ${big} NOT NULL,
      activated_at ${big},
      retired_at ${big}
    ) ${table}`,
    `CREATE TABLE setup_key (
      key_hash ${bytes} NOT NULL PRIMARY KEY,
      created_at ${big} NOT NULL
    ) ${keyed}`,
    `CREATE TABLE service_value (
      name TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL
    ) ${keyed}`,
  ];
}

/**
 * How text is compared without regard to case; on SQLite each connection brings a function of this name along. By ICU where
 * the server has it, since many databases' own locale knows the case of ASCII letters only.
 */
const foldCaseFunction = `
  DO $make$
  BEGIN
    IF EXISTS (SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu') THEN
      CREATE FUNCTION fold_case(input TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE PARALLEL SAFE
        AS 'SELECT lower(input COLLATE "und-x-icu")';
    ELSE
      CREATE FUNCTION fold_case(input TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE PARALLEL SAFE
        AS 'SELECT lower(input)';
    END IF;
  END
  $make$`;
