import type { Audience, PublishedRevocation } from './revocation-port.ts';

/** The last entries of the feed, so that everybody who follows it can have them of one reading. */
export interface RecentRevocations {
  /** Begins anew: nothing up to this place is known. */
  begin(upTo: number): void;
  /** Adds what follows the last one. */
  add(entries: readonly PublishedRevocation[]): void;
  /** What is in force of the span and for an audience; undefined where that begins before what is known. */
  read(
    audience: Audience | 'all',
    span: { readonly after: number; readonly upTo: number; readonly now: number },
  ): PublishedRevocation[] | undefined;
}

/** Keeps so many entries at most. */
export function createRecentRevocations(size: number): RecentRevocations {
  let entries: PublishedRevocation[] = [];
  let knownFrom = 0;
  return {
    begin(upTo) {
      entries = [];
      knownFrom = upTo;
    },
    add(more) {
      // Where a reading broke off, the next one begins before what it had read.
      const last = entries.at(-1)?.sequence ?? knownFrom;
      entries.push(...more.filter(({ sequence }) => sequence > last));
      const excess = entries.splice(0, Math.max(0, entries.length - size));
      knownFrom = excess.at(-1)?.sequence ?? knownFrom;
    },
    read(audience, { after, upTo, now }) {
      if (after < knownFrom) return undefined;
      const found: PublishedRevocation[] = [];
      // From the end: nearly everybody lacks the last few alone.
      for (let index = entries.length - 1; index >= 0; index--) {
        const entry = entries[index];
        if (entry === undefined || entry.sequence <= after) break;
        if (entry.sequence <= upTo && entry.expiresAt > now && isFor(audience, entry)) found.push(entry);
      }
      return found.reverse();
    },
  };
}

function isFor(audience: Audience | 'all', entry: PublishedRevocation): boolean {
  return audience === 'all' || entry.audience.some((one) => audience.includes(one));
}
