import type { CreateApplicationToken, UpdateApplicationToken } from '@keywright/contract';
import { formatNetwork, networkContains, parseNetwork } from '@keywright/verifier';
import { rolesToGive } from './application-token-access.ts';
import { gatherProblems, invalidInput, type Problem } from './errors.ts';
import { parseExpiryDate } from './expiry-date.ts';
import { readIp } from './network.ts';
import { noRoles, type RoleSet, readRoles, roleNames } from './role.ts';
import type { Caller, Service } from './service.ts';
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
  const read = <T>(value: string | null | undefined, parse: (text: string) => T): T | null | undefined =>
    value == null ? value : gatherProblems(problems, () => parse(value));
  const description = read(input.description, readDescription);
  const expiresAt = read(input.expiry_date, (text) => parseExpiryDate(text, now));
  const ip = read(input.ip, (text) => formatNetwork(readIp(text)));
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

/** What a new application token is to be, checked. */
export interface NewApplicationToken extends ApplicationTokenInput {
  readonly roles: RoleSet | null;
}

/**
 * Checks everything about a new application token.
 *
 * @throws Refusal InputValidationFailed with every problem listed
 */
export async function readNewApplicationToken(
  service: Service,
  caller: Caller,
  asked: CreateApplicationToken,
): Promise<NewApplicationToken> {
  const grantable = asked.roles == null ? noRoles : await rolesToGive(service, caller);
  const problems: Problem[] = [];
  const input = gatherProblems(problems, () =>
    inheritRestrictions(readApplicationTokenInput(asked, service.clock.now()), caller),
  );
  const roles = gatherProblems(problems, () => readTokenRoles(caller, asked, grantable));
  if (input === undefined || roles === undefined) throw invalidInput(problems);
  return { ...input, roles };
}

/**
 * What a new application token is narrowed to. A token made by another one never has more rights than that one has now,
 * so it doesn't follow the maker's roles.
 *
 * @throws Refusal InputValidationFailed where the caller may not pass a role on
 */
function readTokenRoles(caller: Caller, input: CreateApplicationToken, grantable: RoleSet): RoleSet | null {
  if (input.roles == null) return caller.applicationToken === undefined ? null : caller.roles;
  const roles = readRoles('roles', input.roles);
  const excess = roles & ~grantable;
  if (excess !== noRoles) {
    const message = `roles - ${roleNames(excess).join(', ')} goes beyond your own roles (${roleNames(caller.roles).join(', ')}).`;
    throw invalidInput([{ token: 'NotAllowed', message }]);
  }
  return roles;
}

/**
 * What a new token is restricted to: what is asked for or, made by an application token that is restricted itself, at least
 * that.
 *
 * @throws Refusal InputValidationFailed where it asks for more
 */
function inheritRestrictions(input: ApplicationTokenInput, caller: Caller): ApplicationTokenInput {
  const maker = caller.applicationToken;
  if (maker === undefined) return input;
  const restrictions = { ip: input.ip ?? maker.ip, expiresAt: input.expiresAt ?? maker.expiresAt };
  requireWithinCaller(restrictions, caller);
  return { ...input, ...restrictions };
}

/**
 * Keeps whatever an application token makes, changes or rotates within its own restrictions: the same network or a part of
 * it, and no longer a life. Null is no restriction at all.
 *
 * @throws Refusal InputValidationFailed where it is more
 */
export function requireWithinCaller(
  { ip, expiresAt }: { readonly ip: string | null; readonly expiresAt: number | null },
  caller: Caller,
): void {
  const own = caller.applicationToken;
  if (own === undefined) return;
  const problems: Problem[] = [];
  if (own.ip !== null && (ip === null || !isWithinNetwork(ip, own.ip))) {
    const message = `ip ${ip ?? 'null'} goes beyond ${own.ip}, which your own token is restricted to`;
    problems.push({ token: 'NotAllowed', message });
  }
  if (own.expiresAt !== null && (expiresAt === null || expiresAt > own.expiresAt)) {
    const end = new Date(own.expiresAt).toISOString();
    problems.push({ token: 'NotAllowed', message: `expiry_date is later than your own token's, ${end}` });
  }
  if (problems.length > 0) throw invalidInput(problems);
}

/** Whether every address of one network is in another; both in CIDR notation. */
export function isWithinNetwork(inner: string, outer: string): boolean {
  const [innerNetwork, outerNetwork] = [parseNetwork(inner), parseNetwork(outer)];
  return innerNetwork.prefixLength >= outerNetwork.prefixLength && networkContains(outerNetwork, innerNetwork.address);
}
