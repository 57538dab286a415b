import type { Migration } from './migration.ts';

/** What finds the rows that are of no use any more. */
export const storeCare: Migration = {
  name: '010-store-care',
  statements: () => [
    'CREATE INDEX session_by_expiry ON session (expires_at)',
    'CREATE INDEX known_network_by_last_sign_in ON known_network (last_sign_in_at)',
    'CREATE INDEX trusted_device_by_expiry ON trusted_device (expires_at)',
    'CREATE INDEX email_code_by_expiry ON email_code (expires_at)',
    'CREATE INDEX lockout_by_end ON lockout (locked_until) WHERE locked_until IS NOT NULL',
    "CREATE INDEX lockout_of_places ON lockout (scope) WHERE scope <> 'account'",
  ],
};
