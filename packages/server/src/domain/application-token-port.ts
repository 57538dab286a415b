import type { ApplicationToken, ApplicationTokenCaller, ApplicationTokenExchange, Page, PageQuery } from './records.ts';

/** By what application tokens are measured as they are read. */
export interface TokenMeasures {
  readonly now: number;
  /** Exchanges from then on are recent. */
  readonly recentSince: number;
  /** What ends before then ends soon. */
  readonly soon: number;
  /** What happened before then was long ago. */
  readonly longAgo: number;
  /** So many recent exchanges, times the minutes that an auth token lives, are too many. */
  readonly maxExchangeMinutes: number;
  /** How long an auth token lives where its application token doesn't shorten it. */
  readonly authTokenMinutes: number;
}

/** What is gathered of exchanges, and written in batches. */
export interface ApplicationTokenUse {
  readonly applicationTokenId: number;
  readonly secretHash: Uint8Array;
  readonly lastUsedAt: number;
  readonly lastUsedIp: string;
  /** The network of that address. */
  readonly network: string;
  /** Whether it was used from another network besides. */
  readonly elsewhere: boolean;
  /** Exchanges by the time at which their slot began. */
  readonly exchanges: readonly { readonly slot: number; readonly count: number }[];
}

/** What is known of a token from its use, and no part of a new one. */
type Observed = 'recentExchanges' | 'network' | 'elsewhereAt' | 'attention' | 'formerSecret';

/** Whose application tokens, and by what they are measured. */
export interface TokenScope extends TokenMeasures {
  readonly organisationIds: readonly number[];
}

export interface ApplicationTokenStore {
  insertApplicationToken(
    token: Omit<ApplicationToken, 'id' | 'creator' | 'organisation' | Observed> & {
      creatorId: number;
      organisationId: number;
    },
  ): Promise<number>;
  /** Adds a secret; `validUntil` null means until further notice. */
  insertApplicationTokenSecret(secret: {
    secretHash: Uint8Array;
    applicationTokenId: number;
    createdAt: number;
    validUntil: number | null;
  }): Promise<void>;
  /** Sets when the present secret of a token ends, and removes every secret that was on its way out before. */
  retireApplicationTokenSecret(applicationTokenId: number, validUntil: number): Promise<void>;
  /** One token of one of the organisations. */
  findApplicationToken(id: number, scope: TokenScope): Promise<ApplicationToken | undefined>;
  /** Those that a user made, in every organisation, by id. */
  listApplicationTokensOf(creatorId: number, measures: TokenMeasures): Promise<ApplicationToken[]>;
  listApplicationTokens(scope: TokenScope, query: PageQuery): Promise<Page<ApplicationToken>>;
  /** Changes a token and, inside a transaction, holds its row; false where it is revoked. */
  updateApplicationToken(
    id: number,
    change: { description?: string | null; expiresAt?: number | null; ip?: string | null; prefix?: string },
  ): Promise<boolean>;
  /** False where it was revoked already. */
  revokeApplicationToken(id: number, revokedAt: number): Promise<boolean>;
  /** What an exchange needs to know; exchanges of one tick go to the database as one query. */
  findApplicationTokenExchange(secretHash: Uint8Array): Promise<ApplicationTokenExchange | undefined>;
  /** What a bearer's call needs to know; calls of one tick go to the database as one query. */
  findApplicationTokenCaller(applicationTokenId: number): Promise<ApplicationTokenCaller | undefined>;
  /** Adds up exchanges and notes the last use of tokens and secrets, a bounded number at a time. */
  noteApplicationTokenUses(uses: readonly ApplicationTokenUse[]): Promise<void>;
  /** Removes the counts of slots that began before `slotsBefore`. */
  deleteApplicationTokenUses(slotsBefore: number): Promise<void>;
}
