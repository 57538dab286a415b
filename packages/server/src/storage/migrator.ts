import { sql } from 'kysely';
import { allMigrations } from './migrations/all-migrations.ts';
import type { Migration } from './migrations/migration.ts';
import type { DatabaseKind, RunSql, StorageEngine } from './storage-session.ts';

/** The database's own clock, in milliseconds. */
const now = {
  sqlite: `CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
  postgres: 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)',
};

/**
 * Applies what is missing, each migration in a transaction of its own, and answers the names of what it applied.
 *
 * A process killed on the way leaves whole migrations only. Rows of migrations that are not in the list are of a later
 * version, whose database this one can use.
 */
export function applyMigrations(
  engine: StorageEngine,
  migrations: readonly Migration[] = allMigrations,
): Promise<string[]> {
  return engine.migrating(async (transaction) => {
    await transaction((run) =>
      run('CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)', []),
    );
    const applied: string[] = [];
    for (const migration of migrations) {
      if (await transaction((run) => applyOnce(engine.kind, run, migration))) {
        applied.push(migration.name);
      }
    }
    return applied;
  });
}

/** Applies one migration; false where it stands already. */
async function applyOnce(kind: DatabaseKind, run: RunSql, { name, statements }: Migration): Promise<boolean> {
  const parameter = kind === 'sqlite' ? '?' : '$1';
  const { rows } = await run(`SELECT 1 FROM migration WHERE name = ${parameter}`, [name]);
  if (rows.length > 0) {
    return false;
  }
  for (const statement of statements(kind)) {
    await run(statement, []);
  }
  await run(`INSERT INTO migration (name, applied_at) VALUES (${parameter}, ${now[kind]})`, [name]);
  return true;
}

/** The names of the migrations that the database doesn't have yet. */
export async function findPendingMigrations(
  engine: StorageEngine,
  migrations: readonly Migration[] = allMigrations,
): Promise<string[]> {
  const names = migrations.map(({ name }) => name);
  if (await isEmpty(engine)) {
    return names;
  }
  const { rows } = await sql<{ name: string }>`SELECT name FROM migration`.execute(engine.session.read);
  const applied = new Set(rows.map(({ name }) => name));
  return names.filter((name) => !applied.has(name));
}

/** Whether nothing was ever migrated here: there is no store. */
export async function isEmpty({ kind, session }: StorageEngine): Promise<boolean> {
  const table =
    kind === 'sqlite'
      ? sql`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'`
      : sql`SELECT 1 WHERE to_regclass('migration') IS NOT NULL`;
  return (await table.execute(session.read)).rows.length === 0;
}
