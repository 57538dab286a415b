import { columnWords } from './column-words.ts';
import type { Migration } from './migration.ts';

export const workspaces: Migration = {
  name: '002-workspaces',
  statements: (kind) => {
    const { big, table } = columnWords[kind];
    return [
      'ALTER TABLE assignment ADD COLUMN status INTEGER NOT NULL DEFAULT 1',
      'ALTER TABLE user_account ADD COLUMN pending_username_key TEXT',
      `ALTER TABLE user_account ADD COLUMN invited_user_id ${big} REFERENCES user_account (id) ON DELETE SET NULL`,
      `CREATE INDEX user_account_by_pending_username ON user_account (pending_username_key)
        WHERE pending_username_key IS NOT NULL`,
      `CREATE INDEX user_account_by_invited_user ON user_account (invited_user_id)
        WHERE invited_user_id IS NOT NULL`,
      `CREATE TABLE former_user (
        id ${big} NOT NULL PRIMARY KEY,
        username TEXT NOT NULL,
        name TEXT NOT NULL,
        successor_id ${big} REFERENCES user_account (id) ON DELETE SET NULL
      ) ${table}`,
      'CREATE INDEX former_user_by_successor ON former_user (successor_id) WHERE successor_id IS NOT NULL',
    ];
  },
};
