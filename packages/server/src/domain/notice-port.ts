/** What a user is told of at most once in a while. */
export type NoticeKind = 'account_locked';

/** An application token that expires soon, and who is to be told. */
export interface ExpiringToken {
  readonly id: number;
  readonly description: string | null;
  readonly prefix: string;
  readonly expiresAt: number;
  readonly organisationName: string;
  readonly creatorId: number;
  /** The last stage that its maker was told of, in days; null where none. */
  readonly noticeDays: number | null;
}

export interface NoticeStore {
  /** Notes that a user is told now; false where that was done after `notSince`, also by somebody at the same moment. */
  claimNotice(userId: number, kind: NoticeKind, when: { now: number; notSince: number }): Promise<boolean>;
  /** Whether the user has completed a sign-in from anywhere. */
  hasKnownNetwork(userId: number): Promise<boolean>;
  /** Live tokens of active makers that expire in a span of time, by id and after `afterId`. */
  listExpiringTokens(
    span: { from: number; until: number },
    page: { afterId: number; limit: number },
  ): Promise<ExpiringToken[]>;
  /** Notes the stage that a maker is told of; false where that, or a later one, was noted already, or the token changed. */
  claimExpiryNotice(token: Pick<ExpiringToken, 'id' | 'expiresAt'>, noticeDays: number): Promise<boolean>;
  /** Says which stage the maker knows of, since it has just set the date; null for none. */
  setExpiryNotice(id: number, noticeDays: number | null): Promise<void>;
}
