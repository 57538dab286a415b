import { sql } from 'kysely';
import { inChunks } from './chunk.ts';
import { jsonRows } from './json-rows.ts';
import type { StorageSession } from './storage-session.ts';

export async function noteSessionUses(
  session: StorageSession,
  uses: readonly { sessionId: number; at: number; ip: string }[],
): Promise<void> {
  const latest = new Map<number, { id: number; at: number; ip: string }>();
  for (const { sessionId, at, ip } of uses) {
    if (at > (latest.get(sessionId)?.at ?? -1)) {
      latest.set(sessionId, { id: sessionId, at, ip });
    }
  }
  await inChunks([...latest.values()], (chunk) =>
    session.atomically(async (transaction) => {
      const used = jsonRows(transaction.kind, { id: 'bigint', at: 'bigint', ip: 'text' }, chunk);
      if (transaction.kind === 'postgres') {
        await sql`SELECT id FROM session WHERE id IN (SELECT id FROM ${used}) ORDER BY id FOR NO KEY UPDATE`.execute(
          transaction.write,
        );
      }
      await sql`
        UPDATE session SET last_used_at = used.at, last_used_ip = used.ip FROM ${used}
        WHERE session.id = used.id AND session.last_used_at < used.at`.execute(transaction.write);
    }),
  );
}
