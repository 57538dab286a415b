import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { Database, Log } from '../../packages/server/src/domain/ports.ts';
import { openDatabase } from '../../packages/server/src/storage/open-database.ts';
import { migrationLock } from '../../packages/server/src/storage/postgres-migration.ts';
import { acquire, createPool, operationDeadline } from '../../packages/server/src/storage/postgres-pool.ts';
import { type PostgresServer, startOwnPostgres } from '../support/postgres.ts';
import { insertTokenWithSecret, now, sampleToken, sampleUser, seed } from './sample-records.ts';
import { createPostgresStore, queryPostgres, silentLog } from './test-store.ts';

const terminateAll = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/** Makes the pool open as many connections as it may. */
async function fillPool(database: Database): Promise<void> {
  let here = 0;
  const all = Promise.withResolvers<void>();
  await Promise.all(
    Array.from({ length: 10 }, () =>
      database.transaction(async (stores) => {
        await stores.hasUsers();
        here += 1;
        if (here === 10) {
          all.resolve();
        }
        await all.promise;
      }),
    ),
  );
  assert.equal(database.poolState().total, 10);
}

const unavailable = (error: { token?: string; retryAfterSeconds?: number }) =>
  error.token === 'Unavailable' && (error.retryAfterSeconds ?? 0) >= 1;

async function allUnavailable(operations: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(operations)) {
    assert.ok(outcome.status === 'rejected' && unavailable(outcome.reason), inspect(outcome));
  }
}

test('after every connection was terminated, look-ups, lists and transactions succeed all the same', async (t) => {
  const { database, query } = await createPostgresStore(t);
  const { organisation, user } = await seed(database);
  const { id, secretHash } = await insertTokenWithSecret(database, sampleToken(organisation.id, user.id), 'secret');
  for (let round = 0; round < 5; round++) {
    await fillPool(database);
    await query(terminateAll);
    await Promise.all([
      database.findApplicationTokenExchange(secretHash).then((exchange) => assert.equal(exchange?.id, id)),
      database.findUser(user.id).then((found) => assert.equal(found?.id, user.id)),
      ...Array.from({ length: 10 }, () => database.listUsers().then((users) => assert.equal(users.length, 1))),
      database.transaction((stores) => stores.raiseUserVersion(user.id)),
    ]);
  }
});

test('a transaction whose connection breaks before the commit is done again, whole and once', async (t) => {
  const { database, query } = await createPostgresStore(t);
  const { user } = await seed(database);
  let attempts = 0;
  const version = await database.transaction(async (stores) => {
    attempts += 1;
    const raised = await stores.raiseUserVersion(user.id);
    if (attempts === 1) {
      await query(terminateAll);
    }
    await stores.hasUsers();
    return raised;
  });
  assert.deepEqual([attempts, version, (await database.findUser(user.id))?.version], [2, 2, 2]);
});

test('of two transactions that wait for each other, the one given up is done again', async (t) => {
  const { database } = await createPostgresStore(t);
  const { organisation, user } = await seed(database);
  const other = await database.insertUser(sampleUser(organisation.id, { usernameKey: 'other@example.com' }));
  let holding = 0;
  const bothHold = Promise.withResolvers<void>();
  const raise = (first: number, second: number) =>
    database.transaction(async (stores) => {
      await stores.raiseUserVersion(first);
      holding += 1;
      if (holding === 2) {
        bothHold.resolve();
      }
      await bothHold.promise;
      await stores.raiseUserVersion(second);
    });
  await Promise.all([raise(user.id, other.id), raise(other.id, user.id)]);
  const versions = (await database.listUsers()).map(({ version }) => version);
  assert.deepEqual(versions, [3, 3]);
  // One at least: where the machine is slow, the other one can be given up as well.
  assert.ok(holding >= 3);
});

test('losing idle connections is logged and nothing more', async (t) => {
  const { options, query } = await createPostgresStore(t);
  const logged = Promise.withResolvers<object>();
  const log: Log = { ...silentLog, warn: (fields) => logged.resolve(fields) };
  const database = await openDatabase(options, { log });
  t.after(() => database.close());
  await database.ping();
  await query(terminateAll);
  assert.deepEqual(await logged.promise, { reason: 'terminating connection due to administrator command' });
});

test('who waits for another process that migrates says so, and goes on when that is done', async (t) => {
  const { options } = await createPostgresStore(t, { migrated: false });
  const url = 'url' in options ? options.url : '';
  const other = createPool({ url, log: silentLog, poolSize: 1 });
  t.after(() => other.end());
  const hasSaid = Promise.withResolvers<string>();
  const log: Log = { ...silentLog, warn: (_fields, message) => hasSaid.resolve(message) };
  const database = await openDatabase(options, { log });
  t.after(() => database.close());
  await other.query(`SELECT pg_advisory_lock(${migrationLock})`);
  const migrated = database.migrate();
  assert.match(await hasSaid.promise, /^Another process migrates the database/);
  await other.query(`SELECT pg_advisory_unlock(${migrationLock})`);
  assert.ok((await migrated).length > 0);
});

test('a connection says who it is, and bounds what a statement or an idle transaction may take', async (t) => {
  const { options } = await createPostgresStore(t);
  const url = 'url' in options ? options.url : '';
  const pool = createPool({ url, log: silentLog, poolSize: 1 });
  t.after(() => pool.end());
  const client = await acquire(pool, operationDeadline());
  const show = async (setting: string) => Object.values((await client.query(`SHOW ${setting}`)).rows[0])[0];
  try {
    assert.equal(await show('application_name'), 'keywright');
    assert.equal(await show('statement_timeout'), '4s');
    assert.equal(await show('idle_in_transaction_session_timeout'), '10s');
  } finally {
    client.release();
  }
});

test('a connection asks for nothing as it begins that poolers refuse', async (t) => {
  const asked = Promise.withResolvers<string[]>();
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    // Length and version, then names and values, each with a NUL behind it (PostgreSQL, StartupMessage).
    socket.once('data', (message: Buffer) => {
      asked.resolve(message.toString('latin1').slice(8).split('\0'));
      socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  t.after(() => listener.close());
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const pool = createPool({ url: `postgres://me@127.0.0.1:${port}/keywright`, log: silentLog, poolSize: 1 });
  t.after(() => pool.end());
  await assert.rejects(acquire(pool, operationDeadline()), unavailable);
  const names = (await asked.promise).filter((text, index) => index % 2 === 0 && text !== '');
  assert.deepEqual(names.sort(), ['application_name', 'client_encoding', 'database', 'user']);
});

test('a server that only reads is unavailable for writes, and is not ready', async (t) => {
  const { database, query, open } = await createPostgresStore(t);
  await database.ping();
  await query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`,
  );
  const standby = await open();
  await assert.rejects(standby.ping(), unavailable);
  await assert.rejects(standby.insertServiceValue('name', 'value'), unavailable);
  await assert.rejects(
    standby.transaction((stores) => stores.insertServiceValue('name', 'value')),
    unavailable,
  );
  assert.equal(await database.insertServiceValue('name', 'value'), 'value');
});

test('a URL that cannot be read is refused without showing the password', async () => {
  for (const url of ['postgres://user:hunter2@host:port/database', 'mysql://user:hunter2@host/database']) {
    await assert.rejects(openDatabase({ url }, { log: silentLog }), (error: Error) => {
      assert.equal(error.name, 'StartupError');
      assert.doesNotMatch(JSON.stringify([error.message, error.stack, error.cause]), /hunter2/);
      return true;
    });
  }
});

/** Every process of a server. */
async function processesOf({ pid }: PostgresServer): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return [Number(pid), ...children.trim().split(' ').map(Number)];
}

test('a server that stops, refuses or freezes', async (t) => {
  const server = await startOwnPostgres({ settings: { max_connections: '14' } });
  t.after(() => server.destroy());
  const database = await openDatabase({ url: server.url }, { log: silentLog });
  t.after(() => database.close());
  await database.migrate();
  const { organisation, user } = await seed(database);
  const { id, secretHash } = await insertTokenWithSecret(database, sampleToken(organisation.id, user.id), 'secret');
  const operations = () => [
    database.findApplicationTokenExchange(secretHash),
    database.findApplicationTokenCaller(id),
    database.listUsers(),
    database.insertOrganisation({ name: 'While away', parentId: null, createdAt: now }),
    database.transaction((stores) => stores.raiseUserVersion(user.id)),
    database.ping(),
  ];

  await t.test('refuses everything as unavailable while it is down, and serves as soon as it is back', async () => {
    await fillPool(database);
    await server.stop('immediate');
    await allUnavailable(operations());
    await assert.rejects(database.migrate(), unavailable);
    await server.start();
    await database.ping();
    assert.equal((await database.findApplicationTokenExchange(secretHash))?.id, id);
    assert.equal((await database.findUser(user.id))?.version, 1);
    assert.deepEqual(await database.findOrganisationsByName('While away'), []);
  });

  await t.test('refuses as unavailable where it takes no more connections', async () => {
    await fillPool(database);
    const other = await openDatabase({ url: server.url }, { log: silentLog });
    try {
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => other.ping()));
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      assert.ok(refused.length > 0);
      await allUnavailable(refused.map(({ reason }) => Promise.reject(reason)));
    } finally {
      await other.close();
    }
    await database.ping();
  });

  await t.test('answers within five seconds while it is frozen, and serves once it is thawed', async () => {
    await fillPool(database);
    const frozen = await processesOf(server);
    for (const pid of frozen) {
      process.kill(pid, 'SIGSTOP');
    }
    const start = performance.now();
    try {
      await allUnavailable([...operations(), ...operations()]);
      assert.ok(performance.now() - start < 5000);
    } finally {
      for (const pid of frozen) {
        process.kill(pid, 'SIGCONT');
      }
    }
    await database.ping();
    assert.equal((await database.findApplicationTokenExchange(secretHash))?.id, id);
    assert.equal(await queryPostgres(server.url, 'SELECT 1').then((rows) => rows.length), 1);
  });
});
