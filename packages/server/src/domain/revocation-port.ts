/** Which auth tokens have ended. No clock decides about the first two: tokens carry the counter as `ver`. */
export type EndedTokens =
  /** Those of a subject, `user:42` or `application_token:7`, whose counter is lower. */
  | { readonly kind: 'subject'; readonly subject: string; readonly below: number }
  /** Those of a session whose counter is lower. */
  | { readonly kind: 'session'; readonly sessionId: number; readonly below: number }
  /** Those for an organisation that were issued before a time. */
  | { readonly kind: 'organisation'; readonly organisationId: number; readonly issuedBefore: number }
  /** All that were issued before a time. */
  | { readonly kind: 'all'; readonly issuedBefore: number };

/** Why tokens end later than the change that ends them. */
export type DelayReason = 'rotation' | 'expiry';

/**
 * Who has to know, as numbers: an organisation's id for those who work in it, the id below zero for those who work in one of
 * its direct children, and 0 for everybody. See revocation-audience.ts.
 */
export type Audience = readonly number[];

/** An entry of the revocation feed. */
export interface Revocation {
  /** Random, so that it tells nothing of other entries. */
  readonly id: string;
  readonly ended: EndedTokens;
  readonly audience: Audience;
  /** When the last token that it can concern has expired. */
  readonly expiresAt: number;
}

/** An entry to be written. */
export interface NewRevocation extends Revocation {
  /** From when on it counts. */
  readonly dueAt: number;
  /** Why that is later, where it is; at most one entry of a subject waits for the same reason. */
  readonly reason?: DelayReason | undefined;
}

/** An entry in its place: followers get them in the order of `sequence`. */
export interface PublishedRevocation extends Revocation {
  readonly sequence: number;
}

/** An application token whose counter was raised. */
export interface RaisedApplicationToken {
  readonly id: number;
  readonly organisationId: number;
  readonly version: number;
  readonly authTokenMinutes: number | null;
}

export interface RevocationStore {
  insertRevocations(revocations: readonly NewRevocation[]): Promise<void>;
  /** Raises the counters of application tokens that are not revoked, or were just now, and answers them. */
  raiseApplicationTokenVersions(ids: readonly number[], by: number): Promise<RaisedApplicationToken[]>;
  /** Raises what the entries of subjects that are yet to come refuse. */
  raiseRevocationsToCome(subjects: readonly string[], by: number, now: number): Promise<void>;
  /** Moves what is yet to come of a subject for a reason to another time; null drops it. */
  moveRevocationsToCome(
    subject: string,
    reason: DelayReason,
    change: { dueAt: number | null; now: number },
  ): Promise<void>;
  /** The organisations that a user is assigned to now, and their main ones. */
  listTokenPlaces(userId: number): Promise<TokenPlace[]>;
  /**
   * Gives entries that are due and committed their places in the feed, a bounded number of them. One transaction at a time
   * does, in all processes: who has read up to a place has seen all that there ever will be before it.
   *
   * @returns how many
   */
  publishRevocations(now: number): Promise<number>;
  /** The last place that was given, and whether entries wait for one. */
  findFeedState(now: number): Promise<{ readonly lastSequence: number; readonly hasDue: boolean }>;
  /** Entries that are in force, in their order. */
  listRevocations(
    audience: Audience | 'all',
    span: { readonly after: number; readonly upTo: number; readonly now: number; readonly limit: number },
  ): Promise<PublishedRevocation[]>;
  /** Tokens of a subject with a lower counter have ended, by the entries that are due; 0 where none has. */
  findEndedBelow(subject: string, now: number): Promise<number>;
  /** The place of an entry, in force or not; undefined where there is none (any more). */
  findRevocationSequence(id: string): Promise<number | undefined>;
  /** Removes a bounded number of entries that expired before a time; answers how many. */
  deleteExpiredRevocations(expiredBefore: number): Promise<number>;
  /** Notes how long auth tokens live, in minutes, where that is the longest so far. */
  noteAuthTokenMinutes(minutes: number): Promise<void>;
  /** How long auth tokens may live at most, in minutes; undefined where no server has noted it. */
  findLongestAuthTokenMinutes(): Promise<number | undefined>;
  /** Sets since when tokens of an organisation, or of all, have to be; it never moves back. */
  setTokensFrom(organisationId: number | 'all', tokensFrom: number): Promise<void>;
  /** Ends a bounded number of live sessions that began before a time, in one organisation or in all; answers how many. */
  endSessionsBegunBefore(
    organisationId: number | 'all',
    change: { readonly begunBefore: number; readonly endedAt: number; readonly reason: string },
  ): Promise<number>;
}

/** An organisation that a user's tokens may be for. */
export interface TokenPlace {
  readonly organisationId: number;
  /** Null for a main organisation. */
  readonly parentId: number | null;
  readonly roles: number;
}
