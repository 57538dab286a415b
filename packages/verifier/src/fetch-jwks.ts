import type { Environment } from './environment.ts';
import { readJwks } from './jwks.ts';
import type { VerifyingKey } from './verifying-key.ts';

const timeoutMs = 5_000;
const maxBytes = 262_144;

/** Where the answer does not say how long it may be kept. */
const defaultFreshSeconds = 300;
const leastFreshSeconds = 30;
const mostFreshSeconds = 86_400;

/** A key set as it was answered. */
export interface FetchedJwks {
  readonly bytes: Buffer;
  readonly keys: readonly VerifyingKey[];
  /** How long it may be used without asking again. */
  readonly freshMs: number;
}

/** What a cache on the way is asked for: an answer that the service has just vouched for, or a new one (RFC 9111 §5.2.1). */
export type Freshness = 'max-age=0' | 'no-cache';

/**
 * Fetches a key set. Nothing but the URL that is passed in is ever asked, and a redirection is not followed.
 *
 * @param freshness - what to ask of caches on the way, which may hold a set from before a key was added or taken out.
 * @throws Error where there is none within five seconds, or it is refused; its message shows nothing of it.
 */
export async function fetchJwks(url: string, environment: Environment, freshness: Freshness): Promise<FetchedJwks> {
  const abort = new AbortController();
  const giveUp = (): void => abort.abort(new Error(`no key set within ${timeoutMs / 1000} seconds`));
  const timer = environment.setTimeout(giveUp, timeoutMs);
  try {
    const headers = { accept: 'application/jwk-set+json, application/json', 'cache-control': freshness };
    const response = await environment.fetch(url, { headers, redirect: 'error', signal: abort.signal });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`the key set was answered with ${response.status}`);
    }
    const bytes = await readBody(response);
    return { bytes, keys: readJwks(bytes), freshMs: readFreshSeconds(response.headers) * 1000 };
  } finally {
    environment.clearTimeout(timer);
  }
}

async function readBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`the key set has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** Reads for how long an answer is fresh (RFC 9111 §4.2.1, §5.1), kept within reason. */
function readFreshSeconds(headers: Headers): number {
  const control = headers.get('cache-control')?.toLowerCase() ?? '';
  if (/(?:^|[\s,])no-(?:store|cache)\b/.test(control)) return leastFreshSeconds;
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,10})"?/.exec(control)?.[1];
  if (maxAge === undefined) return defaultFreshSeconds;
  const age = /^\d{1,10}$/.exec(headers.get('age') ?? '')?.[0] ?? '0';
  return Math.min(Math.max(Number(maxAge) - Number(age), leastFreshSeconds), mostFreshSeconds);
}
