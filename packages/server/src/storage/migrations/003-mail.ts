import { type ColumnWords, columnWords } from './column-words.ts';
import type { Migration } from './migration.ts';

export const mail: Migration = {
  name: '003-mail',
  statements: (kind) => {
    const words = columnWords[kind];
    return [
      "ALTER TABLE user_account ADD COLUMN language TEXT NOT NULL DEFAULT 'en'",
      ...mailTables(words),
      ...keyTables(words),
      ...noticeTables(words),
    ];
  },
};

function mailTables({ id, big, table }: ColumnWords): string[] {
  return [
    `CREATE TABLE mail (
      id ${id},
      user_id ${big} REFERENCES user_account (id) ON DELETE CASCADE,
      recipient TEXT NOT NULL,
      template TEXT NOT NULL,
      language TEXT NOT NULL,
      sealed_data TEXT NOT NULL,
      message_key TEXT NOT NULL,
      created_at ${big} NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      next_attempt_at ${big} NOT NULL,
      last_error TEXT
    ) ${table}`,
    'CREATE INDEX mail_by_next_attempt ON mail (next_attempt_at, id)',
    'CREATE INDEX mail_by_user ON mail (user_id)',
    `CREATE TABLE mail_request (
      id ${id},
      sealed_data TEXT NOT NULL,
      created_at ${big} NOT NULL
    ) ${table}`,
  ];
}

function keyTables({ big, keyed }: ColumnWords): string[] {
  return [
    `CREATE TABLE activation_key (
      id TEXT NOT NULL PRIMARY KEY,
      user_id ${big} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
      purpose TEXT NOT NULL,
      organisation_id ${big} REFERENCES organisation (id) ON DELETE CASCADE,
      roles INTEGER,
      username_key TEXT NOT NULL,
      password_changed_at ${big},
      created_at ${big} NOT NULL,
      expires_at ${big} NOT NULL,
      used_at ${big}
    ) ${keyed}`,
    'CREATE INDEX activation_key_by_user ON activation_key (user_id)',
    'CREATE INDEX activation_key_by_organisation ON activation_key (organisation_id)',
    'CREATE INDEX activation_key_by_expiry ON activation_key (expires_at)',
    `CREATE TABLE signup (
      id TEXT NOT NULL PRIMARY KEY,
      username_key TEXT NOT NULL,
      sealed_data TEXT NOT NULL,
      created_at ${big} NOT NULL,
      expires_at ${big} NOT NULL
    ) ${keyed}`,
    'CREATE INDEX signup_by_username ON signup (username_key, created_at)',
    'CREATE INDEX signup_by_expiry ON signup (expires_at)',
  ];
}

function noticeTables({ big, keyed }: ColumnWords): string[] {
  return [
    `CREATE TABLE user_notice (
      user_id ${big} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      sent_at ${big} NOT NULL,
      PRIMARY KEY (user_id, kind)
    ) ${keyed}`,
    'ALTER TABLE application_token ADD COLUMN expiry_notice_days INTEGER',
    'CREATE INDEX application_token_by_expiry ON application_token (expires_at) WHERE revoked_at IS NULL',
  ];
}
