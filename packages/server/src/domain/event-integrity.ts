import { chainStart, hashEvent } from './event-chain.ts';
import type { ChainHead, ChainLink, EventCheckpoint } from './event-chain-port.ts';
import { openChainRoll } from './event-roll.ts';
import { type ChainPlace, openSeal, type Seal } from './event-seal.ts';
import { nextTurn } from './next-turn.ts';
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

interface ChainCheck {
  readonly events: number;
  readonly faults: readonly ChainFault[];
  /** Whether a seal of the chain says that there was a list of all chains. */
  readonly isListed: boolean;
}

/** A checkpoint, and what its seal says unless it is forged. */
interface Mark {
  readonly checkpoint: EventCheckpoint;
  readonly seal: Seal | undefined;
}

type Report = (sequence: number, fault: string) => void;

/**
 * Checks every chain of events: that each event is as it was written, that none is missing between the first one kept and
 * the last, that the chain agrees with its sealed checkpoints, without which whoever can write to the database could compute
 * a new chain, and that no chain is missing that the sealed list names. Servers may write meanwhile.
 *
 * Whoever can write to the database can cut off the end of a chain together with the head and the checkpoints after the
 * cut: nothing in the database tells such a chain from one that never went on.
 */
export async function verifyEvents(service: Service): Promise<ChainReport> {
  const faults: ChainFault[] = [];
  // Before the chains, which are only ever added.
  const roll = await openChainRoll(service);
  const chainIds = await service.database.listChainIds();
  let events = 0;
  let isListed = false;
  for (const chainId of chainIds) {
    const checked = await verifyChain(service, chainId);
    events += checked.events;
    faults.push(...checked.faults);
    isListed ||= checked.isListed;
    await nextTurn();
  }
  return { chains: chainIds.length, events, faults: [...faults, ...findMissing(roll, chainIds, isListed)] };
}

function findMissing(
  roll: Awaited<ReturnType<typeof openChainRoll>>,
  chainIds: readonly number[],
  isListed: boolean,
): ChainFault[] {
  if (roll === 'forged') return [{ chainId: 0, sequence: 0, fault: 'the list of all chains is forged' }];
  if (roll === 'missing') {
    return isListed
      ? [{ chainId: 0, sequence: 0, fault: 'the list of all chains, which a seal names, is missing' }]
      : [];
  }
  const present = new Set(chainIds);
  return roll
    .filter((chainId) => !present.has(chainId))
    .map((chainId) => ({
      chainId,
      sequence: 1,
      fault: 'the whole chain, which the list of all chains names, is missing',
    }));
}

/** Checks a chain once more where events were deleted from its beginning meanwhile, as retention does. */
async function verifyChain(service: Service, chainId: number): Promise<ChainCheck> {
  for (;;) {
    const first = await findFirst(service, chainId);
    const checked = await verifyOnce(service, chainId);
    if (checked.faults.length === 0 || first === (await findFirst(service, chainId))) return checked;
  }
}

async function findFirst(service: Service, chainId: number): Promise<number | undefined> {
  const [first] = await service.database.readChain(chainId, 0, 1);
  return first?.sequence;
}

async function verifyOnce(service: Service, chainId: number): Promise<ChainCheck> {
  const faults: ChainFault[] = [];
  const report: Report = (sequence, fault) => void faults.push({ chainId, sequence, fault });
  // Before the head, which no checkpoint read may be ahead of.
  const marks = await readMarks(service, chainId, report);
  const head = await service.database.findChainHead(chainId);
  if (head === undefined) report(0, 'the head of the chain is missing');
  let start: ChainPlace = { sequence: 0, hash: chainStart };
  let last: ChainPlace | undefined;
  let events = 0;
  for await (const link of readLinks(service, chainId, head?.sequence ?? Number.MAX_SAFE_INTEGER)) {
    if (last === undefined && link.sequence > 1) start = startAfterRetention(marks, link.sequence, report);
    verifyLink(link, last ?? start, marks, report);
    if ((link.organisationId ?? 0) !== chainId) report(link.sequence, 'the event belongs to another chain');
    last = link;
    events += 1;
  }
  // Retention may have deleted every event: then its checkpoint stands for them.
  if (last === undefined) start = [...marks.values()].findLast(({ seal }) => seal?.isStart)?.checkpoint ?? start;
  verifySeals(marks, start, report);
  verifyEnd(head, last ?? start, marks, report);
  if (head !== undefined) await verifyNothingBeyond(service, head, report);
  return { events, faults, isListed: [...marks.values()].some(({ seal }) => seal?.isListed === true) };
}

async function readMarks(service: Service, chainId: number, report: Report): Promise<ReadonlyMap<number, Mark>> {
  const marks = new Map<number, Mark>();
  for (const checkpoint of await service.database.listCheckpoints(chainId)) {
    const seal = openSeal(service, checkpoint);
    if (seal === undefined) report(checkpoint.sequence, 'the checkpoint is forged');
    marks.set(checkpoint.sequence, { checkpoint, seal });
  }
  return marks;
}

/** A chain's events as far as its head was; what is appended meanwhile is left out. */
async function* readLinks(service: Service, chainId: number, headSequence: number): AsyncGenerator<ChainLink> {
  let after = 0;
  while (after < headSequence) {
    const links = await service.database.readChain(chainId, after, readSize);
    yield* links.filter(({ sequence }) => sequence <= headSequence);
    if (links.length < readSize) return;
    after = links.at(-1)?.sequence ?? headSequence;
    await nextTurn();
  }
}

function verifyLink(link: ChainLink, before: ChainPlace, marks: ReadonlyMap<number, Mark>, report: Report): void {
  const { sequence, previousHash, hash } = link;
  if (sequence !== before.sequence + 1) {
    report(before.sequence + 1, `events are missing before number ${sequence}`);
  } else if (previousHash !== before.hash) {
    report(sequence, 'it does not follow the event before');
  }
  if (hashEvent(previousHash, sequence, link) !== hash) report(sequence, 'the event was changed');
  const mark = marks.get(sequence);
  if (mark !== undefined && mark.checkpoint.hash !== hash) {
    report(sequence, 'the chain was rewritten: it disagrees with a checkpoint');
  }
}

/** Where a chain begins whose first events were deleted by retention: at the checkpoint that says so. */
function startAfterRetention(marks: ReadonlyMap<number, Mark>, firstSequence: number, report: Report): ChainPlace {
  const mark = marks.get(firstSequence - 1);
  if (mark?.seal?.isStart) return mark.checkpoint;
  report(1, `events before number ${firstSequence} are missing, and no checkpoint says that they were deleted`);
  // Goes on from here, so that the rest is checked too.
  return { sequence: firstSequence - 1, hash: '' };
}

/** Each seal names the one before, which is gone only where retention deleted what it stood for. */
function verifySeals(marks: ReadonlyMap<number, Mark>, start: ChainPlace, report: Report): void {
  for (const { seal } of marks.values()) {
    const previous = seal?.previous ?? undefined;
    if (previous !== undefined && previous.sequence >= start.sequence && !marks.has(previous.sequence)) {
      report(previous.sequence, 'the checkpoint here, which a later one names, is missing');
    }
  }
}

function verifyEnd(
  head: ChainHead | undefined,
  end: ChainPlace,
  marks: ReadonlyMap<number, Mark>,
  report: Report,
): void {
  const mark = [...marks.keys()].at(-1);
  if (mark !== undefined && mark > end.sequence) {
    report(end.sequence + 1, `events up to number ${mark}, which a checkpoint names, are missing`);
  } else if (head === undefined) {
    return;
  } else if (end.sequence !== head.sequence) {
    report(end.sequence, `the chain ends here, but its head is number ${head.sequence}`);
  } else if (end.hash !== head.hash) {
    report(end.sequence, 'the chain ends here, but its head has another hash');
  }
}

/** An event after the head is there only because it was appended meanwhile, with which the head moved. */
async function verifyNothingBeyond(service: Service, head: ChainHead, report: Report): Promise<void> {
  const [beyond] = await service.database.readChain(head.chainId, head.sequence, 1);
  if (beyond === undefined) return;
  const sequence = (await service.database.findChainHead(head.chainId))?.sequence ?? 0;
  if (sequence < beyond.sequence) report(beyond.sequence, `the event is beyond the head, which is number ${sequence}`);
}
