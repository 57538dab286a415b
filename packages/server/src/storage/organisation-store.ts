import { type Selectable, sql } from 'kysely';
import type { OrganisationStore } from '../domain/ports.ts';
import type { Organisation } from '../domain/records.ts';
import { tokensFromValue } from './revoked-token-store.ts';
import type { Schema } from './schema.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const organisationStore: StoreOperations<OrganisationStore> = {
  insertOrganisation,
  findOrganisation,
  findOrganisationsByName,
  listOrganisations,
  updateOrganisation,
  findChildIds,
};

async function insertOrganisation(
  { write }: StorageSession,
  { name, parentId, createdAt }: Omit<Organisation, 'id'>,
): Promise<Organisation> {
  const row = await write
    .insertInto('organisation')
    .values({ name, parent_id: parentId, created_at: createdAt, tokens_from: tokensFromOfAll })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toOrganisation(row);
}

/** What was revoked everywhere stays so in organisations that are made later, whose ids a restored backup may give again. */
const tokensFromOfAll = sql<number>`
  coalesce((SELECT CAST(value AS BIGINT) FROM service_value WHERE name = ${sql.lit(tokensFromValue)}), 0)`;

async function findOrganisation({ read }: StorageSession, id: number): Promise<Organisation | undefined> {
  const row = await read.selectFrom('organisation').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toOrganisation(row);
}

async function findOrganisationsByName({ read }: StorageSession, name: string): Promise<Organisation[]> {
  const rows = await read.selectFrom('organisation').selectAll().where('name', '=', name).orderBy('id').execute();
  return rows.map(toOrganisation);
}

async function listOrganisations({ read }: StorageSession, limit?: number): Promise<Organisation[]> {
  let query = read.selectFrom('organisation').selectAll().orderBy('id');
  if (limit !== undefined) query = query.limit(limit);
  const rows = await query.execute();
  return rows.map(toOrganisation);
}

async function updateOrganisation({ write }: StorageSession, id: number, change: { name: string }): Promise<void> {
  await write.updateTable('organisation').set(change).where('id', '=', id).execute();
}

async function findChildIds({ read }: StorageSession, id: number): Promise<number[]> {
  const rows = await read.selectFrom('organisation').select('id').where('parent_id', '=', id).orderBy('id').execute();
  return rows.map((row) => row.id);
}

function toOrganisation(row: Selectable<Schema['organisation']>): Organisation {
  return { id: row.id, name: row.name, parentId: row.parent_id, createdAt: row.created_at };
}
