import { ClientError } from './client-error.ts';
import { isBearer, readLifeSeconds } from './read-token.ts';
import type { KeptTokens } from './token-storage.ts';

/**
 * Takes the tokens out of an answer.
 *
 * A token's times are those of the service's clock, which may differ from ours: only how long it lives is taken from it, and
 * counted from when it was asked for.
 *
 * @param sentAt when it was asked for, in milliseconds since the Unix epoch
 * @param before what is kept beside; its refresh token, where the answer has none
 * @throws ClientError UnexpectedAnswer
 */
export function keepTokens(answer: Readonly<Record<string, unknown>>, sentAt: number, before: KeptTokens): KeptTokens {
  const { auth_token: value, refresh_token: next } = answer;
  const lifeSeconds = isBearer(value) ? readLifeSeconds(value) : undefined;
  if (!isBearer(value) || lifeSeconds === undefined || (next !== undefined && !isBearer(next))) {
    throw new ClientError(
      'UnexpectedAnswer',
      'The answer to the credentials holds no auth_token that says when it expires',
    );
  }
  return {
    ...before,
    authToken: { value, receivedAt: sentAt, expiresAt: sentAt + lifeSeconds * 1000 },
    ...(next === undefined ? {} : { refreshToken: next }),
  };
}
