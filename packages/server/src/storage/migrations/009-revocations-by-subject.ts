import type { Migration } from './migration.ts';

export const revocationsBySubject: Migration = {
  name: '009-revocations-by-subject',
  statements: () => ['CREATE INDEX revocation_by_subject ON revocation (subject, expires_at)'],
};
