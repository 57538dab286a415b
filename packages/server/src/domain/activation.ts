import type { Activation } from '@keywright/contract';
import { type CheckedActivation, checkActivation, type PasswordUse, passwordUseOf } from './activation-check.ts';
import { KeyRefusal, readActivationKey, requireUnchanged } from './activation-key.ts';
import type { ActivationKey, ActivationPurpose } from './activation-key-port.ts';
import { requireWithinLimits } from './attempt-limit.ts';
import { recordFailure } from './authentication-failure.ts';
import { Refusal } from './errors.ts';
import { eventOf, type Occurrence } from './event.ts';
import { acceptInvitation } from './invitation.ts';
import { lockoutSubject, requireUnlocked } from './lockout.ts';
import type { Language } from './mail-port.ts';
import { announceNewPassword } from './notice.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { NewEvent, User } from './records.ts';
import { roleNames } from './role.ts';
import type { Client, Service } from './service.ts';
import { endSessionsOf } from './session.ts';
import { confirmSignUp, openSignUp } from './signup.ts';
import { changeState } from './state-change.ts';
import { organisationToTell } from './unconfirmed-username.ts';
import { confirmUsername } from './username-change.ts';

/** What comes with a key, and the language of whoever uses it. */
type Chosen = CheckedActivation & { readonly language: Language | undefined };

/**
 * Uses the key of a mail's link (contract §6): activates an account, accepts an invitation, finishes a password reset or a
 * change of the username, or confirms a sign-up.
 *
 * A password is set where the user has none, and where the key is for that; otherwise one that comes along is left alone.
 * Whoever is yet to confirm a new username proves the present one: the mail alone shows whose address it is, and not that the
 * account is theirs as well.
 *
 * @param input read only once the key is known to be good; what it throws does not use the key up
 * @param options `refusedAs`: how this version of the API answers a bad or used key; `language`: in which the user is
 *   written to from now on, where the account was pending
 * @throws Refusal of that kind; InputValidationFailed; TooManyRequests for an address that tries or fails too often
 */
export async function activate(
  service: Service,
  activationKey: string,
  input: () => Activation,
  client: Client,
  options: { readonly refusedAs: 'BadRequest' | 'Forbidden'; readonly language?: Language | undefined },
): Promise<void> {
  requireWithinLimits(service, client, { guesses: true });
  try {
    const live = await readActivationKey(service, activationKey);
    const checked = { ...(await checkActivation(service, live, input(), client)), language: options.language };
    if (live.kind === 'signup') await confirmSignUp(service, live.signUp, requireChosen(checked), client);
    else await useKey(service, live.key, live.user, checked, client);
  } catch (error) {
    if (!(error instanceof KeyRefusal)) throw error;
    recordFailure(service, client, error, keyFailure(error));
    const { message, reason = error.token } = error;
    throw new Refusal(options.refusedAs, { message, reason, cause: error });
  }
}

/** What the key of a mail's link is for. */
export interface ActivationPreview {
  readonly purpose: ActivationPurpose | 'signup';
  readonly username: string;
  readonly password: PasswordUse;
}

/**
 * Says what a key is for, without using it up.
 *
 * @throws Refusal BadRequest where it is bad or used
 */
export async function previewActivation(service: Service, activationKey: string): Promise<ActivationPreview> {
  const live = await readActivationKey(service, activationKey);
  const password = passwordUseOf(live);
  if (live.kind === 'user') return { purpose: live.key.purpose, username: live.user.username, password };
  return { purpose: 'signup', username: openSignUp(service, live.signUp).username, password };
}

function requireChosen({ passwordHash, ...chosen }: Chosen): Chosen & { passwordHash: string } {
  if (passwordHash === undefined) throw new Error('a sign-up was to be confirmed without a password');
  return { ...chosen, passwordHash };
}

/** Purposes of which one key that is used up voids the others: those that had to do with the account's being closed. */
const closedPurposes: readonly ActivationPurpose[] = ['activation', 'username_change', 'password_reset'];

async function useKey(
  service: Service,
  key: ActivationKey,
  found: User,
  checked: Chosen,
  client: Client,
): Promise<void> {
  await changeState(service, async (stores) => {
    if (found.pendingUsernameKey !== null) await stores.lockUsername(found.pendingUsernameKey);
    const user = await stores.holdUser(key.userId);
    if (user === undefined) throw new KeyRefusal('the user was deleted meanwhile');
    requireUnchanged(key, user);
    // Another instance may have locked the account while the password was looked at here.
    if (checked.lockoutKey !== undefined) requireUnlocked(service, await stores.findLockout(checked.lockoutKey));
    const now = service.clock.now();
    if (!(await stores.spendActivationKey(key.id, now))) throw new KeyRefusal('used at the same moment', { user });
    const occurrence = await fulfil(service, stores, key, user);
    if (key.purpose !== 'invitation') await stores.voidActivationKeys(user.id, closedPurposes, now);
    const events = [
      ...(await openAccount(service, stores, user, checked, client)),
      eventOf(service, client, { userId: user.id, ...occurrence }),
    ];
    return { result: undefined, events };
  });
}

/** Does what the key is for, but for what every key does: see {@link openAccount}. */
async function fulfil(
  service: Service,
  stores: Stores & TransactionLocks,
  key: ActivationKey,
  user: User,
): Promise<Omit<Occurrence, 'userId'>> {
  const { organisationId } = user;
  switch (key.purpose) {
    case 'activation':
      if (user.status === 1 && user.passwordHash !== null) throw new KeyRefusal('activated meanwhile', { user });
      return { type: 'UserActivated', organisationId, description: `${user.username} activated the account` };
    case 'password_reset':
      return { type: 'PasswordReset', organisationId, description: `${user.username} chose a new password, by mail` };
    case 'username_change':
      if (!(await confirmUsername(service, stores, user))) throw new KeyRefusal('the username is taken', { user });
      return { type: 'UsernameConfirmed', organisationId, description: `${user.username} confirmed the username` };
    case 'invitation': {
      const roles =
        key.organisationId === null ? undefined : await acceptInvitation(service, stores, user, key.organisationId);
      if (roles === undefined) throw new KeyRefusal('the invitation was withdrawn', { user });
      return {
        type: 'InvitationAccepted',
        organisationId: key.organisationId,
        description: `${user.username} accepted an invitation`,
        detail: { roles: roleNames(roles) },
      };
    }
  }
}

/** Opens an account that was pending, and gives it the name and the password that came along. */
async function openAccount(
  service: Service,
  stores: Stores,
  user: User,
  { passwordHash, name, language }: Chosen,
  client: Client,
): Promise<NewEvent[]> {
  // Whoever changes the username stays pending until that is confirmed, whatever else they follow.
  const isPending = user.status === 0 && user.pendingUsernameKey === null;
  const chosen = { ...(name === undefined ? {} : { name }), ...(language === undefined ? {} : { language }) };
  if (isPending) await stores.updateUser(user.id, { status: 1, ...chosen });
  if (passwordHash === undefined) return [];
  const passwordChangedAt = service.clock.now();
  await stores.updateUser(user.id, { passwordHash, passwordChangedAt });
  if (user.passwordHash === null) {
    await stores.keepInvitationKeys(user.id, passwordChangedAt);
    return [];
  }
  const ended = await endSessionsOf(service, stores, user.id, { reason: 'password reset' });
  // Whoever reads the account's mails has proved more than a guess could spoil.
  await stores.deleteLockouts(lockoutSubject(user, user.usernameKey), 'all');
  if (isPending) return [];
  await announceNewPassword(service, stores, user, client);
  if (ended.length === 0) return [];
  const about = { organisationId: user.organisationId, userId: user.id };
  const description = `${ended.length} sessions of ${user.username} ended with the new password`;
  return [eventOf(service, client, { ...about, type: 'SessionsEnded', description, detail: { session_ids: ended } })];
}

function keyFailure(refusal: KeyRefusal): Occurrence {
  const { user, reason = refusal.token } = refusal;
  return {
    type: 'ActivationFailed',
    organisationId: organisationToTell(user),
    userId: user?.id ?? null,
    description: `${user?.username ?? 'Somebody'}: ${reason}`,
    detail: { reason },
  };
}
