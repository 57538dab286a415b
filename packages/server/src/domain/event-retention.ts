import { sealCheckpoint } from './event-seal.ts';
import { nextTurn } from './next-turn.ts';
import type { Service } from './service.ts';

/** How many events one transaction deletes, so that nobody waits for long. */
const deleteSize = 2_000;

/**
 * Deletes the events that are older than the retention time, from each chain's beginning, a piece at a time, and leaves a
 * sealed checkpoint in the place of the last one deleted. A chain that fails is logged, and the others go on.
 *
 * @param retentionDays events of this many days are kept
 * @returns how many were deleted
 */
export async function deleteOldEvents(service: Service, retentionDays: number): Promise<number> {
  const before = service.clock.now() - retentionDays * 24 * 60 * 60 * 1000;
  let deleted = 0;
  for (const { chainId } of await service.database.listChainHeads()) {
    try {
      for (;;) {
        const count = await deleteOldLinks(service, chainId, before);
        deleted += count;
        await nextTurn();
        if (count < deleteSize) break;
      }
    } catch (error) {
      service.log.warn({ err: error, chain_id: chainId }, 'Old events of a chain could not be deleted');
    }
  }
  if (deleted > 0) service.log.info({ deleted, before: new Date(before).toISOString() }, 'Old events were deleted');
  return deleted;
}

function deleteOldLinks(service: Service, chainId: number, before: number): Promise<number> {
  return service.database.transaction(async (stores) => {
    const last = await stores.findLastBefore(chainId, before, deleteSize);
    if (last === undefined) return 0;
    const checkpoint = await sealCheckpoint(service, stores, last, { isStart: true });
    await stores.insertCheckpoint(checkpoint, { replaces: true });
    return stores.deleteChainUntil(chainId, last.sequence);
  });
}
