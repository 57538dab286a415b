import type { VerifyingKey } from './verifying-key.ts';

/** Where a verifier's keys come from. */
export interface KeySource {
  /** The keys that verify now; another array once they are others. */
  readonly keys: readonly VerifyingKey[];
  /**
   * Asks for the keys anew where that is due, and goes on meanwhile. Answers a promise, which never rejects, only where
   * it is better to wait: nobody has asked for so long that a key may have gone out of use.
   */
  refreshIfDue(): Promise<void> | undefined;
  /**
   * Looks whether there are other keys now, since a token needs one that is not here. Answers undefined where that was
   * done a moment ago.
   *
   * @throws VerifyError `keys_unavailable`, by the promise, where no keys could be fetched yet.
   */
  lookAgain(): Promise<void> | undefined;
  /**
   * Asks for the keys anew at once, since one of them may have been taken out; resolves when they are there, and never
   * rejects. Where they can't be fetched, those at hand go on until they can; and they are asked for once more soon after,
   * since an instance that has yet to hear of it may have answered.
   */
  reload(): Promise<void> | undefined;
}
