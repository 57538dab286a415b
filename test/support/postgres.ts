import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type PostgresServer, startOwnPostgres } from './postgres-server.ts';

export { type PostgresServer, type PostgresServerOptions, startOwnPostgres } from './postgres-server.ts';

/** An empty database of a test's own. */
export interface TestDatabase {
  /** `postgres://user:password@host:port/name`. */
  readonly url: string;
  /** Closes every connection to the database and removes it. */
  drop(): Promise<void>;
}

/** The variable with the URL of a PostgreSQL server whose user may create databases. */
export const testDatabaseVariable = 'KEYWRIGHT_TEST_DATABASE_URL';

let serverOfThisProcess: Promise<PostgresServer> | undefined;
const databases = new Map<string, TestDatabase>();

/**
 * Creates an empty database, in the server that `KEYWRIGHT_TEST_DATABASE_URL` names, or else in a server that this
 * process starts at the first call and that ends with the process.
 *
 * Call `drop` when the test is over; what is left is dropped when the process has nothing more to do.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = await findServer();
  const name = `keywright_test_${randomBytes(8).toString('hex')}`;
  // From template0, so that it does not matter who looks at template1 meanwhile.
  await runStatement(serverUrl, `create database ${name} template template0`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const database: TestDatabase = {
    url: url.href,
    async drop() {
      if (databases.delete(name)) {
        await runStatement(serverUrl, `drop database if exists ${name} with (force)`);
      }
    },
  };
  databases.set(name, database);
  return database;
}

async function findServer(): Promise<string> {
  const given = process.env[testDatabaseVariable];
  if (given !== undefined && given !== '') {
    return given;
  }
  serverOfThisProcess ??= startOwnPostgres({ durable: false });
  return (await serverOfThisProcess).url;
}

async function runStatement(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

process.once('beforeExit', async () => {
  await Promise.all([...databases.values()].map((database) => database.drop()));
  await (await serverOfThisProcess)?.destroy();
});
