import { ClientError } from './client-error.ts';
import { createRenew, type HeldToken } from './renew.ts';
import type { Settings } from './settings.ts';
import { createSharedWork } from './shared-work.ts';

/** How long a renewal ahead that failed is not tried again. */
const restMs = 30_000;

/** Gives one auth token to however many ask for it. */
export interface TokenSource {
  /** @throws ClientError, or the signal's reason */
  authToken(signal?: AbortSignal): Promise<string>;
  /**
   * Gives another token than one that was refused.
   *
   * @throws ClientError, or the signal's reason
   */
  otherThan(refused: string, signal?: AbortSignal): Promise<string>;
  /** Aborts, with the error of a client that was closed, once it is. */
  readonly closing: AbortSignal;
  /** Ends all waiting. */
  close(): void;
}

export function createTokenSource(settings: Settings): TokenSource {
  const { environment } = settings;
  const renew = createRenew(settings);
  let held: HeldToken | undefined;
  let aheadFrom = 0;
  const closing = new AbortController();

  const renewal = createSharedWork(async (signal): Promise<HeldToken> => {
    try {
      held = await renew(held?.value, signal);
      return held;
    } catch (error) {
      aheadFrom = environment.now() + restMs;
      throw error;
    }
  }, closing.signal);

  return {
    async authToken(signal) {
      closing.signal.throwIfAborted();
      signal?.throwIfAborted();
      const now = environment.now();
      if (held !== undefined && now < held.staleAt) {
        // Tried once; where that fails, a later call tries again.
        if (now >= Math.max(held.renewAt, aheadFrom)) renewal.beginAlone();
        return held.value;
      }
      try {
        return (await renewal.join(signal)).value;
      } catch (error) {
        // It may still be good for as long as the request takes.
        if (held === undefined || environment.now() >= held.expiresAt) throw error;
        if (!(error instanceof ClientError) || closing.signal.aborted) throw error;
        return held.value;
      }
    },
    async otherThan(refused, signal) {
      closing.signal.throwIfAborted();
      signal?.throwIfAborted();
      if (held !== undefined && held.value !== refused && environment.now() < held.staleAt) return held.value;
      return (await renewal.join(signal)).value;
    },
    closing: closing.signal,
    close() {
      closing.abort(new ClientError('Closed', 'The client was closed'));
    },
  };
}
