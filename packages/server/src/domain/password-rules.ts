import { invalidInput, type Problem } from './errors.ts';
import { checkNewPassword, type Password, readPassword } from './password.ts';
import type { CommonPasswords } from './ports.ts';
import type { Service } from './service.ts';

/**
 * Finds what is wrong with a password that is to be set, commonness included: the one rule for sign-up, activation, reset,
 * change, set-up and the command line.
 *
 * Passwords are looked up whole, so that those which came as their SHA-1 are judged too (ASVS V6.2.4); of those that came
 * themselves, the spelling in lower case as well.
 *
 * @param options.username Whose password it is to be.
 * @param options.property The property's name on the wire, with which each message begins.
 */
export async function findPasswordProblems(
  service: Pick<Service, 'commonPasswords' | 'settings'>,
  password: Password,
  options: { readonly username: string; readonly property?: string },
): Promise<readonly Problem[]> {
  const { property = 'password' } = options;
  const refuse = (why: string): Problem[] => [{ token: 'InvalidFormat', message: `${property} ${why}` }];
  if (password.plain === undefined && !service.settings.acceptsSha1Passwords) {
    return refuse('must be the password itself: its SHA-1 is not taken here');
  }
  const problems = checkNewPassword(password, options);
  if (problems.length > 0 || !(await isCommon(service.commonPasswords, password))) return problems;
  return refuse('is one of the most common passwords, which are tried first');
}

/**
 * Reads a password that is to be set.
 *
 * @param options as of {@link findPasswordProblems}
 * @returns its SHA-1
 * @throws Refusal InputValidationFailed with every problem listed
 */
export async function readNewPassword(
  service: Pick<Service, 'commonPasswords' | 'settings'>,
  text: string,
  options: { readonly username: string; readonly property?: string },
): Promise<string> {
  const password = readPassword(text);
  const problems = await findPasswordProblems(service, password, options);
  if (problems.length > 0) throw invalidInput(problems);
  return password.sha1;
}

async function isCommon(common: CommonPasswords, { sha1, plain }: Password): Promise<boolean> {
  if (await common.has(sha1)) return true;
  return plain !== undefined && common.has(readPassword(plain.toLowerCase()).sha1);
}
