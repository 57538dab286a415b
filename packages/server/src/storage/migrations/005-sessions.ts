import { columnWords } from './column-words.ts';
import type { Migration } from './migration.ts';

export const sessions: Migration = {
  name: '005-sessions',
  statements: (kind) => {
    const { big, table } = columnWords[kind];
    return [
      'ALTER TABLE session ADD COLUMN refresh_generation INTEGER NOT NULL DEFAULT 0',
      `ALTER TABLE session ADD COLUMN rotated_at ${big}`,
      `ALTER TABLE session ADD COLUMN operator_id ${big}`,
      'ALTER TABLE session ADD COLUMN support_roles INTEGER',
      'CREATE INDEX session_operator ON session (operator_id) WHERE operator_id IS NOT NULL',
      `CREATE TABLE platform_operator (
        user_id ${big} NOT NULL PRIMARY KEY REFERENCES user_account (id) ON DELETE CASCADE,
        created_at ${big} NOT NULL
      ) ${table}`,
    ];
  },
};
