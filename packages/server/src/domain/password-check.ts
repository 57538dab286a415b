import { isForeignHash } from './foreign-hash.ts';
import type { Password } from './password.ts';
import type { User } from './records.ts';
import type { Service } from './service.ts';

/**
 * Finds out why a password is not the user's; undefined where it is. It takes the same time whoever the user is, and
 * whether there is one.
 *
 * @returns the reason for the event, which tells an operator what the caller is not told
 * @throws Refusal Unavailable when too many passwords wait to be hashed
 */
export async function findPasswordFault(
  service: Service,
  user: Pick<User, 'passwordHash'> | undefined,
  password: Password,
): Promise<string | undefined> {
  const hash = user?.passwordHash ?? null;
  const isDenied = password.plain === undefined && !service.settings.acceptsSha1Passwords;
  const matches =
    hash === null || isDenied
      ? await service.passwords.verifyAbsent(password.sha1)
      : await service.passwords.verify(hash, password);
  if (user === undefined) return 'unknown user';
  if (hash === null) return 'no password is set';
  if (isDenied) return 'the password came as its SHA-1, which KEYWRIGHT_SHA1_PASSWORDS denies';
  if (matches) return undefined;
  const isUncheckable = isForeignHash(hash) && password.plain === undefined;
  return isUncheckable ? "a SHA-1 can't be checked against an imported hash" : 'wrong password';
}
