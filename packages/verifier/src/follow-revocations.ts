import { type Environment, platform } from './environment.ts';
import { FeedFollower, type RevocationFollower } from './revocation-follower.ts';
import { readServiceUrl } from './service-url.ts';

/** For how long timers can be set at most. */
const longestTimerSeconds = Math.floor((2 ** 31 - 1) / 1000);

/** What to follow, and what to do where that does not succeed. */
export interface FollowRevocationsOptions {
  /** The feed's address: `{public URL}/api/v1/revocation`. */
  readonly url: string | URL;
  /**
   * Gets an auth token for the feed; asked before each connection. The feed tells the revocations of the token's
   * organisation and of its direct children, or those of all organisations to a token with the role Service.
   *
   * Where the service answers 401, it is asked once more, with the token that was `refused`: another one is connected with
   * at once, the same one only after a pause.
   */
  readonly authToken: (refused?: string) => string | Promise<string>;
  /** How old what is known of revocations may become, in seconds. */
  readonly maxStalenessSeconds: number;
  /**
   * What happens to tokens when it has become older: `accept` goes on with what is known (fail open), `refuse` refuses
   * every token with `revocations_stale` until the feed is back (fail closed).
   */
  readonly whenStale: 'accept' | 'refuse';
  /** After how many seconds without a word the connection is replaced; 6 by default. The feed speaks every 2 seconds. */
  readonly silenceSeconds?: number | undefined;
  /** Called with what went wrong, each time that the connection has ended; it is made anew in any case. */
  readonly onProblem?: ((problem: Error) => void) | undefined;
  /** Lets `url` be http off loopback too, where whoever listens in learns the auth token. */
  readonly allowInsecureHttp?: boolean | undefined;
  /** Replaces parts of the world, such as the clock in tests. */
  readonly environment?: Partial<Environment> | undefined;
}

/**
 * Follows a service's revocation feed, from now until `close`.
 *
 * @example
 * const revocations = followRevocations({
 *   url: 'https://auth.example.com/api/v1/revocation',
 *   authToken: (refused) => client.authToken({ refused }),
 *   maxStalenessSeconds: 30,
 *   whenStale: 'refuse',
 * });
 *
 * @throws TypeError for options that can not be meant.
 */
export function followRevocations(options: FollowRevocationsOptions): RevocationFollower {
  const { authToken, maxStalenessSeconds, whenStale, silenceSeconds = 6, onProblem } = options;
  if (whenStale !== 'accept' && whenStale !== 'refuse') throw new TypeError("whenStale is 'accept' or 'refuse'");
  if (!(maxStalenessSeconds > 0)) throw new TypeError('maxStalenessSeconds is a number above 0');
  // A timer that is set for longer than it reaches is called back at once, again and again.
  if (!(silenceSeconds > 2 && silenceSeconds <= longestTimerSeconds)) {
    throw new TypeError('silenceSeconds is a number above 2, in which the feed speaks once, and no more than 24 days');
  }
  const url = readServiceUrl(options.url, options);
  return new FeedFollower(
    {
      url,
      authToken,
      maxStalenessSeconds,
      whenStale,
      silenceSeconds,
      // On its own turn: what it throws is no business of the follower's.
      onProblem: (problem) => onProblem && queueMicrotask(() => onProblem(problem)),
    },
    { ...platform, ...options.environment },
  );
}
