import { columnWords } from './column-words.ts';
import type { Migration } from './migration.ts';

export const eventCheckpoints: Migration = {
  name: '006-event-checkpoints',
  statements: (kind) => {
    const { big, keyed } = columnWords[kind];
    return [
      `CREATE TABLE event_checkpoint (
        chain_id ${big} NOT NULL,
        sequence ${big} NOT NULL,
        hash TEXT NOT NULL,
        created_at ${big} NOT NULL,
        seal TEXT NOT NULL,
        PRIMARY KEY (chain_id, sequence)
      ) ${keyed}`,
      'CREATE INDEX event_request ON event (request_id)',
    ];
  },
};
