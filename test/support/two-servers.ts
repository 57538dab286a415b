import { createTestStore, startTestServer, type TestServer, type TestServerOptions } from './test-server.ts';

/** What a test, or a suite, does at its end. */
interface Cleanup {
  after(close: () => Promise<void>): void;
}

/** Starts two servers over one PostgreSQL database, with one clock and one public URL, until the test ends. */
export async function startTwoServers(
  t: Cleanup,
  env: TestServerOptions['env'] = {},
): Promise<[TestServer, TestServer]> {
  const store = await createTestStore('postgres');
  const shared = { KEYWRIGHT_PUBLIC_URL: 'http://keywright.test', ...env };
  const one = await startTestServer({ store, env: shared });
  const other = await startTestServer({ store, env: shared, clock: one.clock });
  t.after(async () => {
    await one.close();
    await other.close();
    await store.remove();
  });
  return [one, other];
}
