import { ClientError } from './client-error.ts';
import { createCredentialSender } from './credential-sender.ts';
import { keepTokens } from './keep-tokens.ts';
import type { Settings } from './settings.ts';
import { createSignIn, isRefused } from './sign-in.ts';
import type { KeptTokens } from './token-storage.ts';

/**
 * Gets an auth token: with the refresh token that is kept, with the one that was given, or with the credentials.
 *
 * @param kept what the storage holds
 * @param signal ends the waiting between tries
 * @throws ClientError
 */
export type Exchange = (kept: KeptTokens, signal: AbortSignal) => Promise<KeptTokens>;

/** Makes the function that gets auth tokens; it remembers what was refused. */
export function createExchange(settings: Settings): Exchange {
  const { credentials, refreshToken, environment } = settings;
  const send = createCredentialSender(settings);
  const signIn = credentials && createSignIn(settings, send, credentials);
  /** A refresh token that was refused once never works again. */
  const refused = new Map<string, ClientError>();

  async function refresh(token: string, kept: KeptTokens, signal: AbortSignal): Promise<KeptTokens | undefined> {
    if (refused.has(token)) return undefined;
    const sentAt = environment.now();
    try {
      const answer = await send({ path: 'authenticate', body: { refresh_token: token }, secrets: [token] }, signal);
      return keepTokens(answer, sentAt, { ...kept, refreshToken: token });
    } catch (error) {
      if (!isRefused(error)) throw error;
      refused.set(token, error);
      return undefined;
    }
  }

  return async (kept, signal) => {
    const tokens = [kept.refreshToken, refreshToken].filter((token) => token !== undefined);
    for (const token of tokens) {
      const refreshed = await refresh(token, kept, signal);
      if (refreshed !== undefined) return refreshed;
    }
    if (signIn !== undefined) return signIn(kept, signal);
    const [last] = tokens.slice(-1);
    throw (
      refused.get(last ?? '') ??
      new ClientError('InvalidOptions', 'The storage holds no refresh token, and the client was given no credentials')
    );
  };
}
