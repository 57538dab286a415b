import { type Selectable, sql } from 'kysely';
import type { ChainHead, ChainLink, EventChainStore, EventCheckpoint } from '../domain/event-chain-port.ts';
import type { EventTable } from './schema.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const eventChainStore: StoreOperations<EventChainStore> = {
  listChainHeads,
  listChainIds,
  findChainRoll,
  putChainRoll,
  findChainHead,
  readChain,
  listCheckpoints,
  findCheckpointBefore,
  insertCheckpoint,
  findLastBefore,
  deleteChainUntil,
};

async function listChainHeads({ read }: StorageSession): Promise<ChainHead[]> {
  return read
    .selectFrom('event_chain')
    .select(['chain_id as chainId', 'sequence', 'hash'])
    .orderBy('chain_id')
    .execute();
}

async function listChainIds({ read }: StorageSession): Promise<number[]> {
  // From one chain to the next by the index, rather than through all events.
  const { rows } = await sql<{ id: number }>`
    WITH RECURSIVE step (id) AS (
      SELECT min(chain_id) FROM event
      UNION ALL
      SELECT (SELECT min(chain_id) FROM event WHERE chain_id > step.id) FROM step WHERE step.id IS NOT NULL)
    SELECT id FROM step WHERE id IS NOT NULL
    UNION SELECT chain_id FROM event_chain
    UNION SELECT chain_id FROM event_checkpoint
    ORDER BY 1`.execute(read);
  return rows.map(({ id }) => id);
}

const rollName = 'event chains';

async function findChainRoll({ read }: StorageSession): Promise<string | undefined> {
  const row = await read.selectFrom('service_value').select('value').where('name', '=', rollName).executeTakeFirst();
  return row?.value;
}

async function putChainRoll({ write }: StorageSession, value: string): Promise<void> {
  await write
    .insertInto('service_value')
    .values({ name: rollName, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

async function findChainHead({ read }: StorageSession, chainId: number): Promise<ChainHead | undefined> {
  return read
    .selectFrom('event_chain')
    .select(['chain_id as chainId', 'sequence', 'hash'])
    .where('chain_id', '=', chainId)
    .executeTakeFirst();
}

async function readChain(
  { read }: StorageSession,
  chainId: number,
  afterSequence: number,
  limit: number,
): Promise<ChainLink[]> {
  const rows = await read
    .selectFrom('event')
    .selectAll()
    .where('chain_id', '=', chainId)
    .where('sequence', '>', afterSequence)
    .orderBy('sequence')
    .limit(limit)
    .execute();
  return rows.map(toLink);
}

async function listCheckpoints({ read }: StorageSession, chainId: number): Promise<EventCheckpoint[]> {
  return read
    .selectFrom('event_checkpoint')
    .select(['chain_id as chainId', 'sequence', 'hash', 'created_at as createdAt', 'seal'])
    .where('chain_id', '=', chainId)
    .orderBy('sequence')
    .execute();
}

async function findCheckpointBefore(
  { read }: StorageSession,
  chainId: number,
  sequence: number,
): Promise<{ sequence: number; hash: string } | undefined> {
  return read
    .selectFrom('event_checkpoint')
    .select(['sequence', 'hash'])
    .where('chain_id', '=', chainId)
    .where('sequence', '<', sequence)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function insertCheckpoint(
  { write }: StorageSession,
  checkpoint: EventCheckpoint,
  { replaces }: { replaces: boolean },
): Promise<void> {
  const { hash, createdAt, seal } = checkpoint;
  await write
    .insertInto('event_checkpoint')
    .values({
      chain_id: checkpoint.chainId,
      sequence: checkpoint.sequence,
      hash,
      created_at: createdAt,
      seal,
    })
    .onConflict((conflict) => {
      const place = conflict.columns(['chain_id', 'sequence']);
      return replaces ? place.doUpdateSet({ hash, created_at: createdAt, seal }) : place.doNothing();
    })
    .execute();
}

async function findLastBefore(
  { read }: StorageSession,
  chainId: number,
  before: number,
  limit: number,
): Promise<ChainHead | undefined> {
  // Clocks may have gone back: what happened after `before` ends the run, though older events may follow.
  const { rows } = await sql<ChainHead>`
    WITH oldest AS (
      SELECT chain_id, sequence, hash, occurred_at FROM event WHERE chain_id = ${chainId} ORDER BY sequence LIMIT ${limit})
    SELECT chain_id AS "chainId", sequence, hash FROM oldest
    WHERE sequence < coalesce(
      (SELECT min(sequence) FROM oldest WHERE occurred_at >= ${before}), (SELECT max(sequence) + 1 FROM oldest))
    ORDER BY sequence DESC LIMIT 1`.execute(read);
  return rows[0];
}

async function deleteChainUntil({ write }: StorageSession, chainId: number, sequence: number): Promise<number> {
  const result = await write
    .deleteFrom('event')
    .where('chain_id', '=', chainId)
    .where('sequence', '<=', sequence)
    .executeTakeFirst();
  await write.deleteFrom('event_checkpoint').where('chain_id', '=', chainId).where('sequence', '<', sequence).execute();
  return Number(result.numDeletedRows);
}

/** The columns that a link of the chain is read from. */
export type LinkRow = Omit<Selectable<EventTable>, 'chain_id'>;

export function toLink(row: LinkRow): ChainLink {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    sequence: row.sequence,
    occurredAt: row.occurred_at,
    type: row.type,
    source: row.source,
    severity: row.severity,
    alert: row.alert === 1,
    description: row.description,
    userId: row.user_id,
    requestId: row.request_id,
    detail: row.detail === null ? null : JSON.parse(row.detail),
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
