import { checkDeclared } from './declared-answers.ts';
import { claimsOf } from './test-server.ts';

/** An entry of the revocation feed. */
export interface FeedEntry {
  readonly sub?: string;
  readonly sid?: number;
  readonly org?: number;
  readonly all?: true;
  readonly below?: number;
  readonly issued_before?: string;
  readonly until: string;
}

/** A server-sent event (WHATWG HTML §9.2). */
export interface FeedEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: FeedEntry;
}

/** A stream of the revocation feed that a test reads. */
export interface FollowedFeed {
  readonly status: number;
  readonly headers: Headers;
  /** Every event so far. */
  readonly events: readonly FeedEvent[];
  /** Waits for the next event; undefined at the end of the stream. */
  next(): Promise<FeedEvent | undefined>;
  /** Reads up to the next `current`, that included, and answers the entries before it. */
  untilCurrent(): Promise<FeedEntry[]>;
  /** Reads to the end of the stream. */
  untilEnd(): Promise<void>;
  /** Closes the connection. */
  close(): Promise<void>;
}

/** Follows the feed of a server; fails where there is no answer at all. */
export async function followFeed(url: string, bearer: string, lastEventId?: string): Promise<FollowedFeed> {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/v1/revocation`, {
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: abort.signal,
  });
  await checkDeclared(url, 'GET', '/api/v1/revocation', response.status);
  const events: FeedEvent[] = [];
  const arriving = response.body === null ? undefined : readEvents(response.body);
  const next = async (): Promise<FeedEvent | undefined> => {
    const { value } = (await inTime(arriving?.next())) ?? {};
    if (value !== undefined) events.push(value);
    return value ?? undefined;
  };
  return {
    // Fetch gives a body up that nobody reads once the response is collected: these hold on to it.
    get status() {
      return response.status;
    },
    get headers() {
      return response.headers;
    },
    events,
    next,
    async untilCurrent() {
      const entries: FeedEntry[] = [];
      for (;;) {
        const event = await next();
        if (event === undefined) throw new Error('the feed ended before it was current');
        if (event.event === 'current') return entries;
        if (event.event === 'revocation') entries.push(event.data);
      }
    },
    async untilEnd() {
      while ((await next()) !== undefined);
    },
    async close() {
      abort.abort();
      await arriving?.next().catch(() => undefined);
    },
  };
}

/** Heartbeats come every two seconds of the server's clock: where nothing comes for so long, nothing ever will. */
const patienceMs = 30_000;

async function inTime<T>(arriving: Promise<T> | undefined): Promise<T | undefined> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`the feed said nothing for ${patienceMs} ms`)), patienceMs);
  try {
    return await Promise.race([arriving, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<FeedEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield parseEvent(block);
  }
}

function parseEvent(block: string): FeedEvent {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  return {
    id: fields.get('id'),
    event: fields.get('event') ?? 'message',
    data: JSON.parse(fields.get('data') ?? 'null'),
  };
}

/** Whether one of the entries says that an auth token is to be refused, as a resource server judges it. */
export function isRefusedBy(entries: readonly FeedEntry[], authToken: string): boolean {
  const { sub, sid, ver, iat, org } = claimsOf(authToken) as {
    sub: string;
    sid?: number;
    ver: number;
    iat: number;
    org: { id: number };
  };
  return entries.some((entry) => {
    if (entry.below !== undefined) {
      return ver < entry.below && (entry.sub === sub || (entry.sid !== undefined && entry.sid === sid));
    }
    const isOf = entry.all === true || entry.org === org.id;
    return isOf && iat * 1000 < Date.parse(entry.issued_before ?? '');
  });
}
