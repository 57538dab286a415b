import { columnWords } from './column-words.ts';
import type { Migration } from './migration.ts';

export const revocations: Migration = {
  name: '007-revocations',
  statements: (kind) => {
    const { big, keyed } = columnWords[kind];
    return [
      `CREATE TABLE revocation (
        id TEXT NOT NULL PRIMARY KEY,
        sequence ${big} UNIQUE,
        subject TEXT,
        session_id ${big},
        organisation_id ${big},
        below ${big},
        issued_before ${big},
        audience TEXT NOT NULL,
        reason TEXT,
        due_at ${big} NOT NULL,
        expires_at ${big} NOT NULL
      ) ${keyed}`,
      'CREATE INDEX revocation_unpublished ON revocation (due_at) WHERE sequence IS NULL',
      'CREATE INDEX revocation_to_come ON revocation (subject) WHERE sequence IS NULL',
      'CREATE INDEX revocation_by_expiry ON revocation (expires_at)',
      `CREATE TABLE revocation_audience (
        audience ${big} NOT NULL,
        sequence ${big} NOT NULL REFERENCES revocation (sequence) ON DELETE CASCADE,
        PRIMARY KEY (audience, sequence)
      ) ${keyed}`,
      'CREATE INDEX revocation_audience_by_sequence ON revocation_audience (sequence)',
      `CREATE TABLE revocation_feed (id INTEGER NOT NULL PRIMARY KEY, last_sequence ${big} NOT NULL) ${keyed}`,
      'INSERT INTO revocation_feed (id, last_sequence) VALUES (1, 0)',
      `ALTER TABLE organisation ADD COLUMN tokens_from ${big} NOT NULL DEFAULT 0`,
    ];
  },
};
