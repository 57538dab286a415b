import type { Stores } from '../domain/ports.ts';
import { activationKeyStore } from './activation-key-store.ts';
import { applicationTokenStore } from './application-token-store.ts';
import { eventStore } from './event-store.ts';
import { keyStore } from './key-store.ts';
import { lockoutStore } from './lockout-store.ts';
import { mailRequestStore } from './mail-request-store.ts';
import { mailStore } from './mail-store.ts';
import { noticeStore } from './notice-store.ts';
import { operatorStore } from './operator-store.ts';
import { organisationStore } from './organisation-store.ts';
import { revocationStore } from './revocation-store.ts';
import { secondFactorStore } from './second-factor-store.ts';
import { sessionStore } from './session-store.ts';
import { setupStore } from './setup-store.ts';
import { signUpStore } from './signup-store.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';
import { storeCareStore } from './store-care-store.ts';
import { userImportStore } from './user-import-store.ts';
import { userStore } from './user-store.ts';
import { workspaceStore } from './workspace-store.ts';

const operations: StoreOperations<Stores> = {
  ...organisationStore,
  ...userStore,
  ...sessionStore,
  ...applicationTokenStore,
  ...lockoutStore,
  ...eventStore,
  ...keyStore,
  ...setupStore,
  ...mailStore,
  ...mailRequestStore,
  ...activationKeyStore,
  ...signUpStore,
  ...noticeStore,
  ...operatorStore,
  ...secondFactorStore,
  ...userImportStore,
  ...workspaceStore,
  ...revocationStore,
  ...storeCareStore,
};

type Operation = (session: StorageSession, ...parameters: unknown[]) => unknown;

/** Ties every store's operations to a session. */
export function bindStores(session: StorageSession): Stores {
  const bound = Object.entries(operations).map(([name, operation]) => [
    name,
    (...parameters: unknown[]) => (operation as Operation)(session, ...parameters),
  ]);
  // The mapped type StoreOperations says that each is the port's operation with the session before its parameters.
  return Object.fromEntries(bound) as Stores;
}
