import { type ColumnWords, columnWords } from './column-words.ts';
import type { Migration } from './migration.ts';

export const secondFactors: Migration = {
  name: '004-second-factors',
  statements: (kind) => [
    'ALTER TABLE organisation ADD COLUMN mfa_required INTEGER NOT NULL DEFAULT 0',
    `ALTER TABLE session ADD COLUMN second_factor_at ${columnWords[kind].big}`,
    ...keyTables(columnWords[kind]),
    ...codeTables(columnWords[kind]),
    ...deviceTable(columnWords[kind]),
  ],
};

function keyTables({ id, big, bytes, table, keyed }: ColumnWords): string[] {
  return [
    `CREATE TABLE mfa_key (
      id ${id},
      user_id ${big} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
      type INTEGER NOT NULL,
      created_at ${big} NOT NULL,
      activated_at ${big},
      sealed_secret TEXT,
      last_step ${big},
      challenge TEXT,
      credential_id TEXT UNIQUE,
      public_key ${bytes},
      counter ${big},
      transports TEXT,
      UNIQUE (user_id, type)
    ) ${table}`,
    `CREATE TABLE mfa_challenge (
      id TEXT NOT NULL PRIMARY KEY,
      user_id ${big} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
      enrolment INTEGER NOT NULL,
      created_at ${big} NOT NULL,
      expires_at ${big} NOT NULL,
      tries INTEGER NOT NULL,
      passkey_challenge TEXT
    ) ${keyed}`,
    'CREATE INDEX mfa_challenge_by_user ON mfa_challenge (user_id)',
    'CREATE INDEX mfa_challenge_by_expiry ON mfa_challenge (expires_at)',
  ];
}

function codeTables({ big, bytes, keyed }: ColumnWords): string[] {
  return [
    `CREATE TABLE email_code (
      user_id ${big} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
      purpose TEXT NOT NULL,
      sealed_code TEXT NOT NULL,
      created_at ${big} NOT NULL,
      expires_at ${big} NOT NULL,
      PRIMARY KEY (user_id, purpose)
    ) ${keyed}`,
    `CREATE TABLE recovery_code (
      user_id ${big} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
      code_hash ${bytes} NOT NULL,
      created_at ${big} NOT NULL,
      PRIMARY KEY (user_id, code_hash)
    ) ${keyed}`,
  ];
}

function deviceTable({ id, big, bytes, table }: ColumnWords): string[] {
  return [
    `CREATE TABLE trusted_device (
      id ${id},
      user_id ${big} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
      fingerprint_hash ${bytes} NOT NULL,
      operating_system TEXT NOT NULL,
      browser TEXT NOT NULL,
      name TEXT,
      activated_at ${big} NOT NULL,
      expires_at ${big} NOT NULL,
      UNIQUE (user_id, fingerprint_hash)
    ) ${table}`,
  ];
}
