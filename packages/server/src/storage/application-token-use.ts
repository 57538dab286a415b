import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import type { ApplicationTokenUse } from '../domain/application-token-port.ts';
import { inChunks } from './chunk.ts';
import { jsonRows } from './json-rows.ts';
import type { StorageSession } from './storage-session.ts';

interface Use {
  readonly id: number;
  readonly at: number;
  readonly ip: string;
  readonly network: string;
  /** 1 where it was used from another network besides. */
  readonly elsewhere: 0 | 1;
}

/** How many counts go at a time. */
const deleteLimit = 2000;

/** Where this fails, what was noted of the chunks before stays noted. */
export async function noteApplicationTokenUses(
  session: StorageSession,
  uses: readonly ApplicationTokenUse[],
): Promise<void> {
  await inChunks(uses, (chunk) => session.atomically((transaction) => noteChunk(transaction, chunk)));
}

async function noteChunk(transaction: StorageSession, chunk: readonly ApplicationTokenUse[]): Promise<void> {
  const { kind, write } = transaction;
  const columns = { id: 'bigint', at: 'bigint', ip: 'text', network: 'text', elsewhere: 'bigint' } as const;
  const tokens = jsonRows(kind, columns, latestByToken(chunk));
  if (kind === 'postgres') {
    // In the order of their ids, as every other process does it, so that no two wait for each other.
    await sql`
      SELECT id FROM application_token WHERE id IN (SELECT id FROM ${tokens})
      ORDER BY id FOR NO KEY UPDATE`.execute(write);
  }
  await noteNetworks(transaction, tokens);
  await sql`
    UPDATE application_token SET last_used_at = used.at, last_used_ip = used.ip, network = used.network FROM ${tokens}
    WHERE application_token.id = used.id
      AND (application_token.last_used_at IS NULL OR application_token.last_used_at < used.at)`.execute(write);
  const secrets = jsonRows(kind, { hash: 'bytea', at: 'bigint', ip: 'text' }, latestBySecret(chunk));
  await sql`
    UPDATE application_token_secret SET last_used_at = used.at, last_used_ip = used.ip FROM ${secrets}
    WHERE application_token_secret.secret_hash = used.hash
      AND (application_token_secret.last_used_at IS NULL OR application_token_secret.last_used_at < used.at)`.execute(
    write,
  );
  await addExchanges(transaction, chunk);
}

/** Notes which tokens were used from more than one network; of processes that write late, too. */
async function noteNetworks({ write }: StorageSession, tokens: RawBuilder<unknown>): Promise<void> {
  await sql`
    UPDATE application_token SET elsewhere_at = used.at FROM ${tokens}
    WHERE application_token.id = used.id
      AND (used.elsewhere = 1 OR application_token.network <> used.network)
      AND (application_token.elsewhere_at IS NULL OR application_token.elsewhere_at < used.at)`.execute(write);
}

function latestByToken(chunk: readonly ApplicationTokenUse[]): Use[] {
  const latest = new Map<number, Use>();
  for (const { applicationTokenId: id, lastUsedAt: at, lastUsedIp: ip, network, elsewhere } of chunk) {
    const before = latest.get(id);
    const isElsewhere = elsewhere || before?.elsewhere === 1 || (before !== undefined && before.network !== network);
    const last = before !== undefined && before.at >= at ? before : { id, at, ip, network };
    latest.set(id, { ...last, elsewhere: isElsewhere ? 1 : 0 });
  }
  return [...latest.values()];
}

function latestBySecret(chunk: readonly ApplicationTokenUse[]): { hash: Uint8Array; at: number; ip: string }[] {
  const latest = new Map<string, { hash: Uint8Array; at: number; ip: string }>();
  for (const { secretHash: hash, lastUsedAt: at, lastUsedIp: ip } of chunk) {
    const identity = Buffer.from(hash).toString('hex');
    if (at > (latest.get(identity)?.at ?? -1)) {
      latest.set(identity, { hash, at, ip });
    }
  }
  return [...latest.values()];
}

async function addExchanges({ kind, write }: StorageSession, chunk: readonly ApplicationTokenUse[]): Promise<void> {
  const counts = new Map<string, { id: number; slot: number; count: number }>();
  for (const { applicationTokenId: id, exchanges } of chunk) {
    for (const { slot, count } of exchanges) {
      const identity = `${id} ${slot}`;
      counts.set(identity, { id, slot, count: count + (counts.get(identity)?.count ?? 0) });
    }
  }
  const used = jsonRows(kind, { id: 'bigint', slot: 'bigint', count: 'bigint' }, [...counts.values()]);
  // A token may have been deleted since it was used, so only those that are there are counted.
  await sql`
    INSERT INTO application_token_use (application_token_id, slot, exchanges)
    SELECT used.id, used.slot, used.count FROM ${used} JOIN application_token ON application_token.id = used.id
    WHERE true
    ON CONFLICT (application_token_id, slot)
      DO UPDATE SET exchanges = application_token_use.exchanges + excluded.exchanges`.execute(write);
}

export async function deleteApplicationTokenUses({ write }: StorageSession, slotsBefore: number): Promise<void> {
  for (;;) {
    const { numAffectedRows = 0n } = await sql`
      DELETE FROM application_token_use WHERE (application_token_id, slot) IN (
        SELECT application_token_id, slot FROM application_token_use WHERE slot < ${slotsBefore} LIMIT ${deleteLimit}
      )`.execute(write);
    if (numAffectedRows < deleteLimit) {
      return;
    }
    await nextTurn();
  }
}
