import { isCount } from './json-value.ts';
import { parseStrictJsonObject } from './strict-json.ts';

/** Tokens of a subject or of a session whose `ver` is below a number are refused. */
export interface CounterEntry {
  readonly kind: 'subject' | 'session';
  readonly of: string | number;
  readonly below: number;
  /** When the last token that it concerns has expired: milliseconds since the Unix epoch. */
  readonly until: number;
}

/** Tokens of an organisation, or all of them, that were issued before an instant are refused. */
export interface InstantEntry {
  readonly kind: 'organisation' | 'all';
  readonly of: number | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly issuedBefore: number;
  /** When the last token that it concerns has expired: milliseconds since the Unix epoch. */
  readonly until: number;
}

/** What the feed says of revoked tokens, in one of its entries. */
export type RevocationEntry = CounterEntry | InstantEntry;

/**
 * Reads an entry of the revocation feed.
 *
 * @throws SyntaxError where it is none: to pass over it would be to accept what it revokes.
 */
export function readRevocationEntry(json: string): RevocationEntry {
  const entry = parseEntry(json);
  if (entry === undefined) throw new SyntaxError('an entry of the revocation feed can not be read');
  return entry;
}

function parseEntry(json: string): RevocationEntry | undefined {
  const { sub, sid, org, all, below, issued_before, until: untilText } = parseStrictJsonObject(Buffer.from(json)) ?? {};
  const until = readInstant(untilText);
  if (until === undefined || [sub, sid, org, all].filter((named) => named !== undefined).length !== 1) return undefined;
  if (isCount(below)) {
    if (typeof sub === 'string') return { kind: 'subject', of: sub, below, until };
    return isCount(sid) ? { kind: 'session', of: sid, below, until } : undefined;
  }
  const issuedBefore = readInstant(issued_before);
  if (issuedBefore === undefined) return undefined;
  if (isCount(org)) return { kind: 'organisation', of: org, issuedBefore, until };
  return all === true ? { kind: 'all', of: undefined, issuedBefore, until } : undefined;
}

function readInstant(value: unknown): number | undefined {
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}
