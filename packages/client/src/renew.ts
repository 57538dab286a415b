import { ClientError } from './client-error.ts';
import { fraction } from './environment.ts';
import { createExchange } from './exchange.ts';
import type { Settings } from './settings.ts';
import { type KeptAuthToken, type KeptTokens, readTokens, writeTokens } from './token-storage.ts';

/** After this part of its life a token is renewed ahead, */
const renewAfter = 0.8;
/** … or up to this much later: each client at a time of its own. */
const renewSpread = 0.1;
/** A token is given out until this long before it expires, since it has yet to arrive where it is good for, */
const marginMs = 30_000;
/** … and one that lives shortly until this part of its life is left. */
const marginShare = 0.1;

/** The token in use. */
export interface HeldToken extends KeptAuthToken {
  /** From then on another is got, while this one is given out. */
  readonly renewAt: number;
  /** From then on this one is not given out. */
  readonly staleAt: number;
}

/** Makes the function that gets the token which follows one, or the first. */
export function createRenew(
  settings: Settings,
): (before: string | undefined, signal: AbortSignal) => Promise<HeldToken> {
  const { environment, storage, owner } = settings;
  const exchange = createExchange(settings);
  /** What came and is not in the storage yet. */
  let arrived: KeptTokens | undefined;

  function hold(token: KeptAuthToken): HeldToken {
    const life = token.expiresAt - token.receivedAt;
    return {
      ...token,
      renewAt: token.receivedAt + life * (renewAfter + renewSpread * fraction(environment)),
      staleAt: token.expiresAt - Math.min(marginMs, life * marginShare),
    };
  }

  function useful(tokens: KeptTokens, before: string | undefined): HeldToken | undefined {
    if (tokens.authToken === undefined || tokens.authToken.value === before) return undefined;
    const token = hold(tokens.authToken);
    return environment.now() < token.staleAt ? token : undefined;
  }

  /** A refresh token that replaced another must not be lost: nothing goes on before it is kept. */
  async function keep(tokens: KeptTokens): Promise<void> {
    arrived = tokens;
    await writeTokens(storage, owner, tokens);
    arrived = undefined;
  }

  return async (before, signal) => {
    if (arrived !== undefined) await keep(arrived);
    const kept = await readTokens(storage, owner);
    // Another process, or page, with the same storage may have been faster.
    const found = useful(kept, before);
    if (found !== undefined) return found;
    const tokens = await exchange(kept, signal);
    await keep(tokens);
    if (tokens.authToken === undefined) throw new ClientError('UnexpectedAnswer', 'No auth token came');
    return hold(tokens.authToken);
  };
}
