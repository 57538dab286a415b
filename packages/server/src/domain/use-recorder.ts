import { type Address, formatAddress } from '@keywright/verifier';
import type { ApplicationTokenUse } from './application-token-port.ts';
import { isSameNetwork, knownNetworkOf } from './network.ts';
import type { Clock, Database } from './ports.ts';
import { createSpacedWrites } from './spaced-writes.ts';

/** Exchanges are counted by slots of ten minutes. */
const slotMs = 10 * 60 * 1000;
/** How far back `recent_exchanges` looks, in minutes: as long as an auth token lives by default. */
export const recentMinutes = 240;
const recentMs = recentMinutes * 60 * 1000;
/** A token's or session's use is written at once, and then at most once in this time. */
const quietMs = 60_000;
/** How many go into one transaction, so that none blocks others for long. */
const batchSize = 200;

interface TokenUse {
  readonly applicationTokenId: number;
  readonly secretHash: Uint8Array;
  lastUsedAt: number;
  lastUsedFrom: Address;
  /** Whether it was used from another network than that address's besides. */
  elsewhere: boolean;
  readonly slots: Map<number, number>;
}

interface SessionUse {
  readonly sessionId: number;
  readonly at: number;
  readonly from: Address;
}

/** Gathers when and from where tokens and sessions are used, and writes it in batches. A crash loses what was not flushed. */
export interface UseRecorder {
  recordExchange(applicationTokenId: number, secretHash: Uint8Array, from: Address): void;
  /** Notes that a secret was used for something else than an exchange. */
  recordUse(applicationTokenId: number, secretHash: Uint8Array, from: Address): void;
  recordSession(sessionId: number, from: Address): void;
  /** Writes what is due; with `all` what is not due yet, too: for the end of the process. */
  flush(options?: { readonly all: boolean }): Promise<void>;
}

/** The time from which exchanges count as recent: the beginning of a slot, so up to ten minutes more than 240. */
export function recentSince(now: number): number {
  return Math.floor((now - recentMs) / slotMs) * slotMs;
}

export function createUseRecorder(deps: { database: Database; clock: Clock }): UseRecorder {
  const tokens = createSpacedWrites<number, TokenUse>(quietMs);
  const sessions = createSpacedWrites<number, SessionUse>(quietMs);
  /** Taken and not yet written: uses of secrets rotated away meanwhile, and what a database that is away did not take. */
  let owedTokens: TokenUse[] = [];
  let owedSessions: SessionUse[] = [];
  let cleanedAt = Number.NEGATIVE_INFINITY;
  let flushing: Promise<void> | undefined;

  async function write(all: boolean): Promise<void> {
    const now = deps.clock.monotonic();
    owedTokens.push(...tokens.take(now, all));
    owedSessions.push(...sessions.take(now, all));
    // What is written is no longer owed, so that a batch that fails is all that is sent again.
    while (owedTokens.length > 0) {
      const uses = owedTokens.slice(0, batchSize);
      await deps.database.noteApplicationTokenUses(uses.map(toApplicationTokenUse));
      owedTokens = owedTokens.slice(uses.length);
    }
    while (owedSessions.length > 0) {
      const uses = owedSessions.slice(0, batchSize);
      await deps.database.noteSessionUses(uses.map(toSessionUse));
      owedSessions = owedSessions.slice(uses.length);
    }
    if (now - cleanedAt > slotMs) {
      cleanedAt = now;
      await deps.database.deleteApplicationTokenUses(recentSince(deps.clock.now()));
    }
  }

  function recordUse(applicationTokenId: number, secretHash: Uint8Array, from: Address): TokenUse {
    const found = tokens.find(applicationTokenId);
    const isOfSecret = found !== undefined && Buffer.compare(found.secretHash, secretHash) === 0;
    if (found !== undefined && !isOfSecret) owedTokens.push(found);
    const use = isOfSecret ? found : newUse(applicationTokenId, secretHash, from);
    if (use !== found) tokens.put(applicationTokenId, use);
    noteUse(use, deps.clock.now(), from);
    return use;
  }

  return {
    recordUse,
    recordExchange(applicationTokenId, secretHash, from) {
      const { lastUsedAt, slots } = recordUse(applicationTokenId, secretHash, from);
      const slot = lastUsedAt - (lastUsedAt % slotMs);
      slots.set(slot, (slots.get(slot) ?? 0) + 1);
    },
    recordSession(sessionId, from) {
      sessions.put(sessionId, { sessionId, at: deps.clock.now(), from });
    },
    async flush(options = { all: false }) {
      // A store that hangs must not gather a line of flushes; the last one of the process waits for the one that runs.
      if (flushing !== undefined && !options.all) return flushing;
      await flushing?.catch(() => undefined);
      flushing = write(options.all).finally(() => {
        flushing = undefined;
      });
      return flushing;
    },
  };
}

function newUse(applicationTokenId: number, secretHash: Uint8Array, from: Address): TokenUse {
  return { applicationTokenId, secretHash, lastUsedAt: 0, lastUsedFrom: from, elsewhere: false, slots: new Map() };
}

function noteUse(use: TokenUse, now: number, from: Address): void {
  use.elsewhere ||= !isSameNetwork(use.lastUsedFrom, from);
  use.lastUsedAt = now;
  use.lastUsedFrom = from;
}

function toSessionUse({ sessionId, at, from }: SessionUse): { sessionId: number; at: number; ip: string } {
  return { sessionId, at, ip: formatAddress(from) };
}

function toApplicationTokenUse(use: TokenUse): ApplicationTokenUse {
  return {
    applicationTokenId: use.applicationTokenId,
    secretHash: use.secretHash,
    lastUsedAt: use.lastUsedAt,
    lastUsedIp: formatAddress(use.lastUsedFrom),
    network: knownNetworkOf(use.lastUsedFrom),
    elsewhere: use.elsewhere,
    exchanges: [...use.slots].map(([slot, count]) => ({ slot, count })),
  };
}
