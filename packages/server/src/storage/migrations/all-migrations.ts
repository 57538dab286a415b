import { initialTables } from './001-initial-tables.ts';
import { workspaces } from './002-workspaces.ts';
import { mail } from './003-mail.ts';
import { secondFactors } from './004-second-factors.ts';
import { sessions } from './005-sessions.ts';
import { eventCheckpoints } from './006-event-checkpoints.ts';
import { revocations } from './007-revocations.ts';
import { tokenNetworks } from './008-token-networks.ts';
import { revocationsBySubject } from './009-revocations-by-subject.ts';
import { storeCare } from './010-store-care.ts';
import type { Migration } from './migration.ts';

/** Every migration, in the order in which they are applied. */
export const allMigrations: readonly Migration[] = [
  initialTables,
  workspaces,
  mail,
  secondFactors,
  sessions,
  eventCheckpoints,
  revocations,
  tokenNetworks,
  revocationsBySubject,
  storeCare,
];
