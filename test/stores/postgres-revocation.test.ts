import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '../support/wait-until.ts';
import { hour, now } from './sample-records.ts';
import { sampleRevocation } from './suite/revocations.ts';
import { createPostgresStore } from './test-store.ts';

test('an entry whose transaction is committed late comes after those that were published meanwhile', async (t) => {
  const { database, open } = await createPostgresStore(t);
  const other = await open();
  const written = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const late = database.transaction(async (stores) => {
    await stores.insertRevocations([sampleRevocation('late', { dueAt: now - hour })]);
    written.resolve();
    await mayCommit.promise;
  });
  await written.promise;
  await other.insertRevocations([sampleRevocation('early')]);
  assert.equal(await other.publishRevocations(now), 1);
  assert.equal(await other.findRevocationSequence('early'), 1);
  mayCommit.resolve();
  await late;
  assert.equal(await other.publishRevocations(now), 1);
  assert.equal(await other.findRevocationSequence('late'), 2);
});

const listeners = `SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'keywright listener'`;

test('what another process commits wakes, also after the connection that listens was cut', async (t) => {
  const { database, open, query } = await createPostgresStore(t);
  const other = await open();
  let count = 0;
  const stop = database.watchRevocations(() => {
    count += 1;
  });
  for (const id of ['first', 'second', 'third']) {
    // Connected, or connected again: a listener wakes for what it may have missed.
    await waitUntil('the listener is connected', 10, () => count > 0);
    count = 0;
    await other.insertRevocations([sampleRevocation(id)]);
    await waitUntil('it hears', 10, () => count > 0);
    count = 0;
    assert.equal((await query(`SELECT pg_terminate_backend(pid) FROM (${listeners}) AS listener`)).length, 1);
  }
  stop();
  await waitUntil('nobody listens where nobody watches', 10, async () => (await query(listeners)).length === 0);
});
