import type { ChainedEvent } from './records.ts';

/** An event as its chain is checked: without the names that others keep. */
export type ChainLink = Omit<ChainedEvent, 'organisationName' | 'username' | 'userName'>;

/** How far a chain has come. */
export interface ChainHead {
  /** The organisation's id; 0 for events of no organisation. */
  readonly chainId: number;
  readonly sequence: number;
  readonly hash: string;
}

/** A sealed statement of what a chain's hash was at one place, which nobody can make without the master key. */
export interface EventCheckpoint extends ChainHead {
  readonly createdAt: number;
  readonly seal: string;
}

export interface EventChainStore {
  listChainHeads(): Promise<ChainHead[]>;
  /** Every chain of which there is anything: a head, an event or a checkpoint; in order. */
  listChainIds(): Promise<number[]>;
  /** The sealed list of the chains: see event-roll.ts. */
  findChainRoll(): Promise<string | undefined>;
  putChainRoll(sealed: string): Promise<void>;
  findChainHead(chainId: number): Promise<ChainHead | undefined>;
  /** A chain's events after a place in it, in order. */
  readChain(chainId: number, afterSequence: number, limit: number): Promise<ChainLink[]>;
  /** A chain's checkpoints, in order. */
  listCheckpoints(chainId: number): Promise<EventCheckpoint[]>;
  /** The last checkpoint before a place. */
  findCheckpointBefore(
    chainId: number,
    sequence: number,
  ): Promise<{ readonly sequence: number; readonly hash: string } | undefined>;
  /** @param options `replaces`: what becomes of a checkpoint that the place has already; otherwise that one stays */
  insertCheckpoint(checkpoint: EventCheckpoint, options: { readonly replaces: boolean }): Promise<void>;
  /** The last of the events at the beginning of the chain, this many at most, that all happened before a time. */
  findLastBefore(chainId: number, before: number, limit: number): Promise<ChainHead | undefined>;
  /** Deletes a chain's events up to a place, that one included, and the checkpoints before it; answers how many events. */
  deleteChainUntil(chainId: number, sequence: number): Promise<number>;
}
