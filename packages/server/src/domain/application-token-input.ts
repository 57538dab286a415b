import type { CreateApplicationToken, UpdateApplicationToken } from '@keywright/contract';
import { invalidInput, type Problem, Refusal } from './errors.ts';
import { parseExpiryDate } from './expiry-date.ts';
import { formatNetwork, networkContains, parseNetwork } from './network.ts';
import { grantableRoles, type RoleSet, readRoles, roleNames } from './role.ts';
import type { Caller } from './service.ts';
import { textProblem } from './well-formed-text.ts';

const maxDescriptionLength = 512;

/** What a request asks of an application token, checked and in the store's terms; absent properties stay absent. */
export interface ApplicationTokenInput {
  readonly description?: string | null;
  readonly expiresAt?: number | null;
  readonly ip?: string | null;
}

/**
 * Checks description, expiry_date and ip.
 *
 * @throws Refusal InputValidationFailed with every problem listed
 */
export function readApplicationTokenInput(
  input: Pick<UpdateApplicationToken, 'description' | 'expiry_date' | 'ip'>,
  now: number,
): ApplicationTokenInput {
  const problems: Problem[] = [];
  const read = <T>(value: string | null | undefined, parse: (text: string) => T): T | null | undefined => {
    if (value == null) return value;
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof Refusal) || error.problems.length === 0) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const description = read(input.description, readDescription);
  const expiresAt = read(input.expiry_date, (text) => parseExpiryDate(text, now));
  const ip = read(input.ip, (text) => formatNetwork(parseNetwork(text)));
  if (problems.length > 0) throw invalidInput(problems);
  return {
    ...(description === undefined ? {} : { description }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(ip === undefined ? {} : { ip }),
  };
}

function readDescription(text: string): string {
  const problem = textProblem(text, { property: 'description', maxLength: maxDescriptionLength, allowNewlines: true });
  if (problem !== undefined) throw invalidInput([problem]);
  return text;
}

/**
 * What a new application token is narrowed to. A token made by another one never has more rights than that one has now,
 * so it doesn't follow the maker's roles.
 *
 * @throws Refusal InputValidationFailed where the caller may not pass a role on
 */
export function readTokenRoles(input: CreateApplicationToken, caller: Caller): RoleSet | null {
  if (input.roles == null) return caller.applicationToken === undefined ? null : caller.roles;
  const roles = readRoles('roles', input.roles);
  const excess = roles & ~grantableRoles(caller.roles);
  if (excess !== 0) {
    const message = `roles - ${roleNames(excess).join(', ')} goes beyond your own roles (${roleNames(caller.roles).join(', ')}).`;
    throw invalidInput([{ token: 'NotAllowed', message }]);
  }
  return roles;
}

/**
 * Keeps a token that an application token makes within its maker token's restrictions: the same network or a part of
 * it, and no longer a life.
 *
 * @throws Refusal InputValidationFailed where it asks for more
 */
export function withinMakerToken(input: ApplicationTokenInput, caller: Caller): ApplicationTokenInput {
  const maker = caller.applicationToken;
  if (maker === undefined) return input;
  const ip = input.ip ?? maker.ip;
  const expiresAt = input.expiresAt ?? maker.expiresAt;
  const problems: Problem[] = [];
  if (maker.ip !== null && ip !== null && !isWithin(ip, maker.ip)) {
    problems.push({
      token: 'NotAllowed',
      message: `ip ${ip} goes beyond ${maker.ip}, which your own token is restricted to`,
    });
  }
  if (maker.expiresAt !== null && expiresAt !== null && expiresAt > maker.expiresAt) {
    const own = new Date(maker.expiresAt).toISOString();
    problems.push({ token: 'NotAllowed', message: `expiry_date is later than your own token's, ${own}` });
  }
  if (problems.length > 0) throw invalidInput(problems);
  return { ...input, ip, expiresAt };
}

function isWithin(inner: string, outer: string): boolean {
  const [innerNetwork, outerNetwork] = [parseNetwork(inner), parseNetwork(outer)];
  return innerNetwork.prefixLength >= outerNetwork.prefixLength && networkContains(outerNetwork, innerNetwork.address);
}
