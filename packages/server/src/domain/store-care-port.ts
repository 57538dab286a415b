/**
 * Removes what is of no use any more. Each call removes a bounded number of rows, so that nobody waits for long, and answers
 * how many: it is called again until there are none.
 */
export interface StoreCareStore {
  deleteExpiredActivationKeys(expiredBefore: number): Promise<number>;
  deleteExpiredSignUps(expiredBefore: number): Promise<number>;
  deleteExpiredMfaChallenges(expiredBefore: number): Promise<number>;
  deleteExpiredEmailCodes(expiredBefore: number): Promise<number>;
  deleteExpiredTrustedDevices(expiredBefore: number): Promise<number>;
  /** Sessions whose refresh token has expired, ended before or not. */
  deleteExpiredSessions(expiredBefore: number): Promise<number>;
  /** Networks without a sign-in since, but for the last one of each user: that there was any is to stay known. */
  deleteOldKnownNetworks(lastSignInBefore: number): Promise<number>;
  /** Counts whose lock has run out, which are as good as none. */
  deleteEndedLockouts(endedBefore: number): Promise<number>;
  /** Counts of devices and networks that are no longer there. */
  deleteOrphanedLockouts(): Promise<number>;
}
