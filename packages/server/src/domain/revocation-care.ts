import { nextTurn } from './next-turn.ts';
import type { Service } from './service.ts';

/** So long an entry that has expired still tells whoever comes back where they left off, in milliseconds. */
const keptMs = 24 * 60 * 60 * 1000;

/** Removes the entries of the revocation feed that can concern no token any more, a piece at a time. */
export async function deleteOldRevocations({ database, clock }: Service): Promise<void> {
  const expiredBefore = clock.now() - keptMs;
  while ((await database.deleteExpiredRevocations(expiredBefore)) > 0) await nextTurn();
}
