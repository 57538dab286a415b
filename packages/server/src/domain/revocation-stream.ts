import type { RevocationEntry } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { audiencesSeenBy } from './revocation-audience.ts';
import type { FeedPage } from './revocation-feed.ts';
import type { Audience, PublishedRevocation } from './revocation-port.ts';
import { revocationResource } from './revocation-resource.ts';
import { hasRole } from './role.ts';
import type { Caller, Service } from './service.ts';
import { createStreamReading, type StreamReading } from './stream-reading.ts';

/** How often whoever follows is told that nothing is missing, and how often their rights are read again, in milliseconds. */
const heartbeatMs = 2_000;
/** Names the place before every entry. */
const startId = 'start';

/** What whoever follows is sent. */
export type RevocationMessage =
  | { readonly event: 'revocation'; readonly id: string; readonly data: RevocationEntry }
  /** Whoever has this knows of everything that was revoked before it was sent. */
  | { readonly event: 'current'; readonly id: string }
  /** Whatever was known counts no more: everything in force follows. */
  | { readonly event: 'reset' };

/** A caller's view of the feed, from where it left off. */
export interface RevocationStream {
  /** Some messages at a time, without end as long as the caller may have them. */
  readonly messages: AsyncGenerator<readonly RevocationMessage[]>;
  /** Has to be called in the end, whether something was read or not. */
  close(): void;
}

/** Whose stream it is, and where it begins. */
interface StreamOptions {
  /** The id of the last message that the caller has seen; from the beginning where absent. */
  readonly lastEventId: string | undefined;
  /** Finds the caller once more, as the call itself did. */
  readonly identifyAgain: () => Promise<Caller>;
  /** Called where nothing of the stream has been read for too long. */
  readonly onStall: () => void;
}

/**
 * Follows what ends auth tokens: those for the caller's organisation and its direct children, or with the role Service all
 * (contract §8). It ends once the caller would be refused.
 *
 * @throws Refusal Unavailable where too many follow already
 */
export async function followRevocations(
  service: Service,
  caller: Caller,
  options: StreamOptions,
): Promise<RevocationStream> {
  const giveBack = service.streams.take(caller);
  const reading = createStreamReading(service.clock, options.onStall);
  let leave = (): void => undefined;
  const close = (): void => {
    leave();
    giveBack();
    reading.end();
  };
  try {
    leave = service.revocations.join(reading.noteCheck);
    await service.revocations.check();
    const audience = await audienceOfCaller(service, caller);
    const from = await findPlace(service, options.lastEventId);
    return { messages: deliver(service, reading, { ...options, audience, from }), close };
  } catch (error) {
    close();
    throw error;
  }
}

async function audienceOfCaller(service: Service, caller: Caller): Promise<Audience | 'all'> {
  return hasRole(caller.roles, 'Service') ? 'all' : audiencesSeenBy(service.database, caller.organisation.id);
}

/** Where a stream begins. */
interface Place {
  readonly sequence: number;
  readonly id: string;
  /** Whether the caller has seen something of which nothing is known (any more). */
  readonly isReset: boolean;
}

async function findPlace(service: Service, lastEventId: string | undefined): Promise<Place> {
  const beginning = { sequence: 0, id: startId, isReset: false };
  if (lastEventId === undefined || lastEventId === startId) return beginning;
  const sequence = await service.database.findRevocationSequence(lastEventId.slice(0, 100));
  return sequence === undefined ? { ...beginning, isReset: true } : { sequence, id: lastEventId, isReset: false };
}

async function* deliver(
  service: Service,
  reading: StreamReading,
  stream: StreamOptions & { readonly audience: Audience | 'all'; readonly from: Place },
): AsyncGenerator<readonly RevocationMessage[]> {
  const { revocations: feed, clock } = service;
  let { sequence: position, id } = stream.from;
  let nextCurrentAt = Number.NEGATIVE_INFINITY;
  let nextCheckAt = clock.monotonic() + heartbeatMs;
  if (stream.from.isReset) yield [{ event: 'reset' }];
  while (!reading.isEnded && !feed.isClosed) {
    const { head } = feed;
    const page =
      head && position < head.upTo ? await readPage(service, stream.audience, position, head.upTo) : undefined;
    if (page !== undefined) {
      yield* reading.handOver(page.entries.map(messageOf));
      position = page.upTo;
      id = page.entries.at(-1)?.id ?? id;
    }
    // After what is new: whoever is revoked together with others has to hear of them.
    if (clock.monotonic() >= nextCheckAt) {
      if (!(await mayGoOn(stream))) return;
      nextCheckAt = clock.monotonic() + heartbeatMs;
    }
    const isComplete = head !== undefined && position >= head.upTo;
    if (isComplete && head.asOf >= nextCurrentAt) {
      yield* reading.handOver([{ event: 'current', id }]);
      nextCurrentAt = head.asOf + heartbeatMs;
    }
    if (isComplete || page === undefined) await reading.waitForCheck();
  }
}

/** Reads on; answers nothing where the database is away at the moment. */
async function readPage(
  service: Service,
  audience: Audience | 'all',
  after: number,
  upTo: number,
): Promise<FeedPage | undefined> {
  try {
    return await service.revocations.read(audience, { after, upTo });
  } catch (error) {
    if (error instanceof Refusal && error.token === 'Unavailable') return undefined;
    throw error;
  }
}

function messageOf(entry: PublishedRevocation): RevocationMessage {
  return { event: 'revocation', id: entry.id, data: revocationResource(entry) };
}

/** Reads the caller's rights again; where the database is away, the rights are what they were. */
async function mayGoOn({
  identifyAgain,
  audience,
}: StreamOptions & { readonly audience: Audience | 'all' }): Promise<boolean> {
  try {
    const caller = await identifyAgain();
    return audience !== 'all' || hasRole(caller.roles, 'Service');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.token === 'Unavailable';
  }
}
