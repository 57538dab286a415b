import { columnWords } from './column-words.ts';
import type { Migration } from './migration.ts';

export const tokenNetworks: Migration = {
  name: '008-token-networks',
  statements: (kind) => [
    'ALTER TABLE application_token ADD COLUMN network TEXT',
    `ALTER TABLE application_token ADD COLUMN elsewhere_at ${columnWords[kind].big}`,
  ],
};
