import { chainStart, hashEvent } from './event-chain.ts';
import type { ChainHead, EventCheckpoint } from './event-chain-port.ts';
import { nextTurn } from './next-turn.ts';
import type { Stores } from './ports.ts';
import type { Service } from './service.ts';

const readSize = 1_000;

/** What is wrong with a chain of events, and where. */
export interface ChainFault {
  /** The organisation's id; 0 for events of no organisation. */
  readonly chainId: number;
  readonly sequence: number;
  readonly fault: string;
}

/** What a check of the chains found. */
export interface ChainReport {
  readonly chains: number;
  readonly events: number;
  readonly faults: readonly ChainFault[];
}

/**
 * Checks every chain of events: that each event is as it was written, that none is missing between the first one kept and
 * the last, and that the chain agrees with its sealed checkpoints, without which whoever can write to the database could
 * compute a new chain.
 */
export async function verifyEvents(service: Service): Promise<ChainReport> {
  const faults: ChainFault[] = [];
  const heads = await service.database.listChainHeads();
  let events = 0;
  for (const head of heads) {
    const checked = await verifyChain(service, head);
    events += checked.events;
    faults.push(...checked.faults);
  }
  return { chains: heads.length, events, faults };
}

async function verifyChain(
  service: Service,
  head: ChainHead,
): Promise<{ events: number; faults: readonly ChainFault[] }> {
  const { chainId } = head;
  const faults: ChainFault[] = [];
  const checkpoints = await service.database.listCheckpoints(chainId);
  const marks = new Map(checkpoints.map((checkpoint) => [checkpoint.sequence, checkpoint]));
  for (const checkpoint of checkpoints) {
    if (!isGenuine(service, checkpoint))
      faults.push({ chainId, sequence: checkpoint.sequence, fault: 'the checkpoint is forged' });
  }
  let last: Pick<ChainHead, 'sequence' | 'hash'> = { sequence: 0, hash: chainStart };
  let events = 0;
  for (;;) {
    const links = await service.database.readChain(chainId, last.sequence, readSize);
    const first = events === 0 ? links[0] : undefined;
    if (first !== undefined && first.sequence > 1) last = startAfterRetention(marks, chainId, first.sequence, faults);
    for (const link of links) {
      if (link.sequence !== last.sequence + 1) {
        faults.push({
          chainId,
          sequence: last.sequence + 1,
          fault: `events are missing before number ${link.sequence}`,
        });
      } else if (link.previousHash !== last.hash) {
        faults.push({ chainId, sequence: link.sequence, fault: 'it does not follow the event before' });
      }
      if (hashEvent(link.previousHash, link.sequence, link) !== link.hash) {
        faults.push({ chainId, sequence: link.sequence, fault: 'the event was changed' });
      }
      const mark = marks.get(link.sequence);
      if (mark !== undefined && mark.hash !== link.hash) {
        faults.push({
          chainId,
          sequence: link.sequence,
          fault: 'the chain was rewritten: it disagrees with a checkpoint',
        });
      }
      last = link;
    }
    events += links.length;
    if (links.length < readSize) break;
    await nextTurn();
  }
  faults.push(...verifyEnd(head, last, checkpoints, events));
  return { events, faults };
}

/** Where a chain begins whose first events were deleted by retention: at the checkpoint that says so. */
function startAfterRetention(
  marks: ReadonlyMap<number, EventCheckpoint>,
  chainId: number,
  firstSequence: number,
  faults: ChainFault[],
): Pick<ChainHead, 'sequence' | 'hash'> {
  const mark = marks.get(firstSequence - 1);
  if (mark !== undefined) return mark;
  const fault = `events before number ${firstSequence} are missing, and no checkpoint says that they were deleted`;
  faults.push({ chainId, sequence: 1, fault });
  // Goes on from here, so that the rest is checked too.
  return { sequence: firstSequence - 1, hash: '' };
}

function verifyEnd(
  head: ChainHead,
  last: Pick<ChainHead, 'sequence' | 'hash'>,
  checkpoints: readonly EventCheckpoint[],
  events: number,
): ChainFault[] {
  const { chainId } = head;
  const mark = checkpoints.at(-1);
  // Retention may have deleted every event: then the last checkpoint stands for them.
  const end = events === 0 && mark !== undefined ? mark : last;
  if (mark !== undefined && mark.sequence > end.sequence) {
    return [
      {
        chainId,
        sequence: end.sequence + 1,
        fault: `events up to number ${mark.sequence}, which a checkpoint names, are missing`,
      },
    ];
  }
  if (end.sequence === head.sequence && end.hash === head.hash) return [];
  return [{ chainId, sequence: end.sequence, fault: `the chain ends here, but its head is number ${head.sequence}` }];
}

function sealPurpose(chainId: number): string {
  return `event checkpoint ${chainId}`;
}

function sealedText({ sequence, hash, createdAt }: Omit<EventCheckpoint, 'chainId' | 'seal'>): string {
  return JSON.stringify([sequence, hash, createdAt]);
}

function isGenuine(service: Service, checkpoint: EventCheckpoint): boolean {
  try {
    return service.box.open(checkpoint.seal, sealPurpose(checkpoint.chainId)) === sealedText(checkpoint);
  } catch {
    return false;
  }
}

/** Seals a chain's hash at one place. */
function sealCheckpoint(service: Service, { chainId, sequence, hash }: ChainHead): EventCheckpoint {
  const createdAt = service.clock.now();
  const seal = service.box.seal(sealedText({ sequence, hash, createdAt }), sealPurpose(chainId));
  return { chainId, sequence, hash, createdAt, seal };
}

/** Seals how far each chain has come, so that what is before can't be rewritten unseen. */
export async function checkpointEvents(service: Service): Promise<void> {
  for (const head of await service.database.listChainHeads()) {
    if (head.sequence > 0) await service.database.insertCheckpoint(sealCheckpoint(service, head));
  }
}

/**
 * Deletes the events that are older than the retention time, from each chain's beginning, and leaves a sealed checkpoint
 * in the place of the last one deleted.
 *
 * @param retentionDays events of this many days are kept
 * @returns how many were deleted
 */
export async function deleteOldEvents(service: Service, retentionDays: number): Promise<number> {
  const before = service.clock.now() - retentionDays * 24 * 60 * 60 * 1000;
  let deleted = 0;
  for (const { chainId } of await service.database.listChainHeads()) {
    deleted += await service.database.transaction((stores) => deleteOldLinks(service, stores, chainId, before));
  }
  if (deleted > 0) service.log.info({ deleted, before: new Date(before).toISOString() }, 'Old events were deleted');
  return deleted;
}

async function deleteOldLinks(service: Service, stores: Stores, chainId: number, before: number): Promise<number> {
  const last = await stores.findLastBefore(chainId, before);
  if (last === undefined) return 0;
  await stores.insertCheckpoint(sealCheckpoint(service, last));
  return stores.deleteChainUntil(chainId, last.sequence);
}
