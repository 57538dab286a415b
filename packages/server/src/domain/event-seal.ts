import type { ChainHead, EventCheckpoint } from './event-chain-port.ts';
import { extendChainRoll } from './event-roll.ts';
import { nextTurn } from './next-turn.ts';
import type { Stores } from './ports.ts';
import type { Service } from './service.ts';

/** A place in a chain, and the hash of the event there. */
export type ChainPlace = Pick<ChainHead, 'sequence' | 'hash'>;

/** What a seal says besides the place that it stands for. */
export interface Seal {
  /** Whether retention deleted the events up to this one. */
  readonly isStart: boolean;
  /** The checkpoint before this one when it was sealed, by which one that was removed is missed. */
  readonly previous: ChainPlace | null;
  /** Whether there was a list of all chains when it was sealed; absent in seals from before there were lists. */
  readonly isListed?: boolean;
}

function purposeOf(chainId: number): string {
  return `event checkpoint ${chainId}`;
}

/** Seals a chain's hash at one place together with the checkpoint before. */
export async function sealCheckpoint(
  service: Service,
  stores: Stores,
  { chainId, sequence, hash }: ChainHead,
  { isStart }: { isStart: boolean },
): Promise<EventCheckpoint> {
  const createdAt = service.clock.now();
  const previous = (await stores.findCheckpointBefore(chainId, sequence)) ?? null;
  const sealed = { sequence, hash, createdAt, isStart, previous, isListed: true };
  return { chainId, sequence, hash, createdAt, seal: service.box.seal(JSON.stringify(sealed), purposeOf(chainId)) };
}

/** What a checkpoint's seal says; undefined where it is not genuine, or stands for something else. */
export function openSeal(service: Service, checkpoint: EventCheckpoint): Seal | undefined {
  const { chainId, sequence, hash, createdAt, seal } = checkpoint;
  try {
    const sealed: Seal & Omit<EventCheckpoint, 'chainId' | 'seal'> = JSON.parse(
      service.box.open(seal, purposeOf(chainId)),
    );
    const fits = sealed.sequence === sequence && sealed.hash === hash && sealed.createdAt === createdAt;
    return fits ? sealed : undefined;
  } catch {
    return undefined;
  }
}

/** Seals which chains there are and how far each has come, so that what is before can't be rewritten or removed unseen. */
export async function checkpointEvents(service: Service): Promise<void> {
  const heads = (await service.database.listChainHeads()).filter(({ sequence }) => sequence > 0);
  const chainIds = heads.map(({ chainId }) => chainId);
  await extendChainRoll(service, chainIds, () => wasListed(service));
  for (const head of heads) {
    const checkpoint = await sealCheckpoint(service, service.database, head, { isStart: false });
    await service.database.insertCheckpoint(checkpoint, { replaces: false });
    await nextTurn();
  }
}

/** Whether any seal says that there was a list of all chains. */
async function wasListed(service: Service): Promise<boolean> {
  for (const chainId of await service.database.listChainIds()) {
    const checkpoints = await service.database.listCheckpoints(chainId);
    if (checkpoints.some((checkpoint) => openSeal(service, checkpoint)?.isListed === true)) return true;
    await nextTurn();
  }
  return false;
}
