import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { allMigrations } from '../../../packages/server/src/storage/migrations/all-migrations.ts';
import { seed } from '../sample-records.ts';
import type { CreateStore, TestStore } from '../test-store.ts';

const names = allMigrations.map(({ name }) => name);
const killedMigration = join(import.meta.dirname, '..', 'killed-migration.ts');

/** Migrates in a process of its own that kills itself before its nth statement; answers whether it came to that. */
async function migrateUntilKilled({ options }: TestStore, statement: number): Promise<boolean> {
  const child = spawn(process.execPath, [killedMigration, JSON.stringify(options), String(statement)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code, signal] = await once(child, 'exit');
  assert.ok(signal === 'SIGKILL' || code === 0, `the migration ended with ${code}`);
  return signal === 'SIGKILL';
}

export function testMigrations(create: CreateStore): void {
  test('migrating an empty database applies every migration, and doing so again applies none', async (t) => {
    const { database } = await create(t, { migrated: false });
    assert.deepEqual(await database.pendingMigrations(), names);
    assert.deepEqual(await database.migrate(), names);
    assert.deepEqual(await database.pendingMigrations(), []);
    assert.deepEqual(await database.migrate(), []);
    await seed(database);
  });

  test('of two processes that migrate at once, one waits for the other', async (t) => {
    const { database, open } = await create(t, { migrated: false });
    const others = await Promise.all([open(), open()]);
    const applied = await Promise.all([database, ...others].map((instance) => instance.migrate()));
    assert.deepEqual(applied.flat().sort(), names);
    await seed(database);
  });

  test('migrations of a later version are left alone', async (t) => {
    const { database, query } = await create(t);
    await query(`INSERT INTO migration (name, applied_at) VALUES ('999-from-the-future', 1)`);
    assert.deepEqual(await database.migrate(), []);
    assert.deepEqual(await database.pendingMigrations(), []);
    await seed(database);
  });

  test('a migration killed before whichever statement starts over and comes to its end', async (t) => {
    const whole = await create(t, { migrated: false });
    const statements: string[] = [];
    await (await whole.open((sql) => statements.push(sql))).migrate();
    const last = statements.length;
    for (const step of [1, 2, Math.floor(last / 2), last]) {
      const store = await create(t, { migrated: false });
      assert.equal(await migrateUntilKilled(store, step), true);
      const pending = await store.database.pendingMigrations();
      assert.ok(pending.length > 0);
      assert.deepEqual(await store.database.migrate(), pending);
      assert.deepEqual(await store.query('SELECT name FROM migration ORDER BY name').then(namesOf), names);
      await seed(store.database);
    }
  });
}

const namesOf = (rows: Record<string, unknown>[]) => rows.map((row) => row['name']);
