import type { Environment } from './config.ts';
import type { Clock, Random } from './domain/ports.ts';
import type { Interceptor } from './http/interception.ts';
import { startInProcess } from './in-process.ts';
import { findPortalDir } from './portal-dir.ts';
import { createOperations, type Operations } from './throw-away-operations.ts';
import { makeThrowAwayStore } from './throw-away-store.ts';

/** What a server for tests is started with. */
export interface ThrowAwayOptions {
  /** Settings by their variables, such as `{ KEYWRIGHT_SIGNING_ALGORITHM: 'EdDSA' }`; those of the store are its own. */
  readonly settings?: Environment | undefined;
  /** The machine's where absent. */
  readonly clock?: Clock | undefined;
  /** The system's where absent. */
  readonly random?: Random | undefined;
  /** Takes each line of the log; nobody where absent. */
  readonly writeLog?: ((line: string) => void) | undefined;
  /** Lets requests fail on purpose. */
  readonly intercept?: Interceptor | undefined;
}

/** A server in this process, over a store that goes with it. */
export interface ThrowAwayServer {
  /** Where it listens, without a slash at the end. */
  readonly baseUrl: string;
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** The `aud` of its auth tokens. */
  readonly audience: string;
  readonly operations: Operations;
  /** Does what the server would do within a second by itself: writes uses and failures, hands mails over. */
  settle(): Promise<void>;
  /** Ends the server, and removes the store. */
  close(): Promise<void>;
}

/**
 * Starts a whole server in this process, on loopback, over a store that is thrown away: for tests of programs that use
 * Keywright. It is the service that runs in production, with the same cost of passwords.
 *
 * @throws Error where a setting is wrong
 */
export async function startThrowAwayServer(options: ThrowAwayOptions = {}): Promise<ThrowAwayServer> {
  const { settings = {}, ...given } = options;
  const store = makeThrowAwayStore('test');
  try {
    const elsewhere = { KEYWRIGHT_DATABASE_URL: undefined, KEYWRIGHT_MASTER_KEY_FILE: undefined };
    const env = { ...settings, ...elsewhere, ...store.env };
    const server = await startInProcess({ ...given, env, role: 'server', portalDir: findPortalDir() });
    const { service, flush, deliverMails } = server.opened;
    return {
      baseUrl: server.url,
      issuer: service.settings.publicUrl(),
      audience: service.settings.audience(),
      operations: createOperations(service),
      async settle() {
        await flush();
        await deliverMails();
      },
      async close() {
        await server.close();
        await store.remove();
      },
    };
  } catch (error) {
    await store.remove();
    throw error;
  }
}
