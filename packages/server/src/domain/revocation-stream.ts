import type { RevocationEntry } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { audiencesSeenBy } from './revocation-audience.ts';
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
    const place = await findPlace(service, options.lastEventId);
    return { messages: deliver(service, { ...options, ...place, reading, audience }), close };
  } catch (error) {
    close();
    throw error;
  }
}

async function audienceOfCaller(service: Service, caller: Caller): Promise<Audience | 'all'> {
  return hasRole(caller.roles, 'Service') ? 'all' : audiencesSeenBy(service.database, caller.organisation.id);
}

/** Where a stream begins, and whether the caller has seen something of which nothing is known (any more). */
async function findPlace(
  service: Service,
  lastEventId: string | undefined,
): Promise<Pick<Course, 'sequence' | 'id' | 'isReset'>> {
  const beginning = { sequence: 0, id: startId, isReset: false };
  if (lastEventId === undefined || lastEventId === startId) return beginning;
  const sequence = await service.database.findRevocationSequence(lastEventId.slice(0, 100));
  return sequence === undefined ? { ...beginning, isReset: true } : { sequence, id: lastEventId, isReset: false };
}

/** What a stream is made of. */
interface Course extends StreamOptions {
  readonly reading: StreamReading;
  readonly audience: Audience | 'all';
  readonly isReset: boolean;
  /** How far the caller has been told: everything up to this place, and the last message. */
  sequence: number;
  id: string;
}

async function* deliver(service: Service, course: Course): AsyncGenerator<readonly RevocationMessage[]> {
  const { revocations: feed, clock } = service;
  const { reading } = course;
  let nextCurrentAt = Number.NEGATIVE_INFINITY;
  let nextCheckAt = clock.monotonic() + heartbeatMs;
  if (course.isReset) yield [{ event: 'reset' }];
  while (!reading.isEnded && !feed.isClosed) {
    const completeAsOf = yield* readOn(service, course);
    if (clock.monotonic() >= nextCheckAt) {
      if (!(await mayGoOn(course))) {
        // Whoever is revoked together with others has to hear of them.
        await feed.check().catch(() => undefined);
        yield* readOn(service, course);
        return;
      }
      nextCheckAt = clock.monotonic() + heartbeatMs;
    }
    if (completeAsOf !== undefined && completeAsOf >= nextCurrentAt) {
      yield* reading.handOver([{ event: 'current', id: course.id }]);
      nextCurrentAt = completeAsOf + heartbeatMs;
    }
    await reading.waitForCheck();
  }
}

/**
 * Hands over whatever the caller has not been told yet.
 *
 * @returns as of when nothing is missing then, on the monotonic clock; undefined where the database is away at the moment
 */
async function* readOn(
  service: Service,
  course: Course,
): AsyncGenerator<readonly RevocationMessage[], number | undefined> {
  const { revocations: feed } = service;
  const { head } = feed;
  if (head === undefined) return undefined;
  while (course.sequence < head.upTo && !course.reading.isEnded) {
    const span = { after: course.sequence, upTo: head.upTo };
    const page = await unlessAway(feed.read(course.audience, span));
    if (page === undefined) return undefined;
    yield* course.reading.handOver(page.entries.map(messageOf));
    course.sequence = page.upTo;
    course.id = page.entries.at(-1)?.id ?? course.id;
  }
  return head.asOf;
}

/** Undefined where the database is away at the moment. */
async function unlessAway<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal && error.token === 'Unavailable') return undefined;
    throw error;
  }
}

function messageOf(entry: PublishedRevocation): RevocationMessage {
  return { event: 'revocation', id: entry.id, data: revocationResource(entry) };
}

/** Reads the caller's rights again; where the database is away, the rights are what they were. */
async function mayGoOn({ identifyAgain, audience }: Course): Promise<boolean> {
  try {
    const caller = await identifyAgain();
    return audience !== 'all' || hasRole(caller.roles, 'Service');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.token === 'Unavailable';
  }
}
