import { type Insertable, sql } from 'kysely';
import { chainStart, hashEvent } from '../domain/event-chain.ts';
import type { NewEvent } from '../domain/records.ts';
import { anyOf } from './page-query.ts';
import type { EventTable } from './schema.ts';
import { storableText } from './storable-text.ts';
import type { StorageSession } from './storage-session.ts';

interface ChainHead {
  readonly chain_id: number;
  readonly sequence: number;
  readonly hash: string;
}

/** The chain of events that belong to no organisation. */
const platformChain = 0;
/** How many events one INSERT takes: each has 15 parameters, of which SQLite takes 32 766. */
const insertSize = 200;

export async function appendEvents(session: StorageSession, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) {
    return;
  }
  const chains = Map.groupBy(events.map(toStorable), (event) => event.organisationId ?? platformChain);
  await session.atomically(async (transaction) => {
    const heads = await lockHeads(
      transaction,
      [...chains.keys()].sort((a, b) => a - b),
    );
    const rows: Insertable<EventTable>[] = [];
    for (const head of heads) {
      rows.push(...chainEvents(head, chains.get(head.chain_id) ?? []));
    }
    for (let start = 0; start < rows.length; start += insertSize) {
      await transaction.write
        .insertInto('event')
        .values(rows.slice(start, start + insertSize))
        .execute();
    }
    await moveHeads(transaction, rows);
  });
}

/** As it will be read back: a hash over what the database keeps otherwise would not fit. */
function toStorable(event: NewEvent): NewEvent {
  return {
    ...event,
    description: storableText(event.description),
    requestId: event.requestId === null ? null : storableText(event.requestId),
  };
}

/** Locks the heads of chains in ascending order, so that no two transactions wait for each other; makes those that are missing. */
async function lockHeads({ kind, read, write }: StorageSession, chainIds: readonly number[]): Promise<ChainHead[]> {
  await write
    .insertInto('event_chain')
    .values(chainIds.map((chain_id) => ({ chain_id, sequence: 0, hash: chainStart })))
    .onConflict((conflict) => conflict.column('chain_id').doNothing())
    .execute();
  const { rows } = await sql<ChainHead>`
    SELECT chain_id, sequence, hash FROM event_chain WHERE ${anyOf(kind, sql`chain_id`, chainIds)}
    ORDER BY chain_id ${sql.raw(kind === 'postgres' ? 'FOR UPDATE' : '')}`.execute(read);
  return rows;
}

function chainEvents(head: ChainHead, events: readonly NewEvent[]): Insertable<EventTable>[] {
  let { sequence, hash } = head;
  return events.map((event) => {
    const previousHash = hash;
    sequence += 1;
    hash = hashEvent(previousHash, sequence, event);
    return {
      organisation_id: event.organisationId,
      chain_id: head.chain_id,
      sequence,
      occurred_at: event.occurredAt,
      type: event.type,
      source: event.source,
      severity: event.severity,
      alert: event.alert ? 1 : 0,
      description: event.description,
      user_id: event.userId,
      request_id: event.requestId,
      detail: event.detail === null ? null : JSON.stringify(event.detail),
      previous_hash: previousHash,
      hash,
    };
  });
}

async function moveHeads({ write }: StorageSession, rows: readonly Insertable<EventTable>[]): Promise<void> {
  const last = new Map(rows.map((row) => [row.chain_id, row]));
  for (const [chainId, { sequence, hash }] of last) {
    await write.updateTable('event_chain').set({ sequence, hash }).where('chain_id', '=', chainId).execute();
  }
}
