import type { CreateStore } from '../test-store.ts';
import { testAccounts } from './accounts.ts';
import { testActivationKeys } from './activation-keys.ts';
import { testApplicationTokens } from './application-tokens.ts';
import { testEvents } from './events.ts';
import { testLists } from './lists.ts';
import { testLockouts } from './lockouts.ts';
import { testLookups } from './lookups.ts';
import { testMails } from './mails.ts';
import { testMigrations } from './migrations.ts';
import { testRecorders } from './recorders.ts';
import { testRevocations } from './revocations.ts';
import { testSecondFactors } from './second-factors.ts';
import { testServiceData } from './service-data.ts';
import { testSessions } from './sessions.ts';
import { testStoreCare } from './store-care.ts';
import { testTransactions } from './transactions.ts';
import { testWorkspaces } from './workspaces.ts';

/** What every database has to guarantee. */
export function testStores(create: CreateStore): void {
  testMigrations(create);
  testAccounts(create);
  testWorkspaces(create);
  testSessions(create);
  testApplicationTokens(create);
  testLookups(create);
  testLockouts(create);
  testEvents(create);
  testLists(create);
  testSecondFactors(create);
  testServiceData(create);
  testMails(create);
  testActivationKeys(create);
  testRevocations(create);
  testTransactions(create);
  testRecorders(create);
  testStoreCare(create);
}
