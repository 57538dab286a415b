import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { test } from 'node:test';
import pg from 'pg';
import { createTestDatabase, startOwnPostgres } from './postgres.ts';

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

test('every test database is empty, its own, and gone once dropped, even with a connection open', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await query(one.url, 'create table mark (id integer)');
  const visible = await query(other.url, "select 1 from pg_tables where tablename = 'mark'");
  assert.deepEqual(visible, []);
  const left = new pg.Client({ connectionString: one.url });
  left.on('error', () => undefined);
  await left.connect();
  await Promise.all([one.drop(), other.drop()]);
  await assert.rejects(query(one.url, 'select 1'), { code: '3D000' });
});

test('a server of its own keeps what was committed over a crash, comes back on its port, and leaves nothing', async () => {
  const server = await startOwnPostgres();
  try {
    assert.deepEqual(await query(server.url, 'show fsync'), [{ fsync: 'on' }]);
    await query(server.url, 'create table mark as select 42 as answer');
    const pid = server.pid;
    await server.stop('immediate');
    assert.equal(server.pid, undefined);
    await assert.rejects(query(server.url, 'select 1'), { code: 'ECONNREFUSED' });
    await server.start();
    assert.notEqual(server.pid, pid);
    assert.deepEqual(await query(server.url, 'select answer from mark'), [{ answer: 42 }]);
  } finally {
    await server.destroy();
  }
  await assert.rejects(access(server.dataDir), { code: 'ENOENT' });
  await assert.rejects(query(server.url, 'select 1'), { code: 'ECONNREFUSED' });
});
