import type { Authenticated, UserCredentials } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { firstWorkspace } from './first-workspace.ts';
import { isForeignHash } from './foreign-hash.ts';
import { countFailure, findLockoutKey, requireUnlocked } from './lockout.ts';
import { type Password, readPassword } from './password.ts';
import { findPasswordFault } from './password-check.ts';
import type { LockoutKey, NewEvent, Session, User, Workspace } from './records.ts';
import { askSecondFactor } from './second-factor-question.ts';
import type { Client, Service } from './service.ts';
import { issueSessionTokens } from './session.ts';
import { beginSignedInSession } from './sign-in-completion.ts';
import { changeState } from './state-change.ts';
import { findTrustedDevice } from './trusted-device.ts';
import { readUserAgent } from './user-agent.ts';
import { normaliseUsername } from './username.ts';

/** An attempt that was refused, and whose it was as far as that is known: for the event. */
export interface FailedAttempt {
  readonly refusal: Refusal;
  readonly user: User | undefined;
}

/**
 * Signs a user in with username and password (contract §3). A user with a second factor gets an `mfa_token` for the second
 * step, unless the call comes from a trusted device.
 *
 * Attempts for one account are judged one after another, so that parallel guesses can't slip past the lock-out; the
 * lock is looked at again in the transaction that begins the session, for those that another instance judged meanwhile.
 *
 * @param onFailure told of each refusal, before it is thrown
 * @throws Refusal InvalidCredentials, the same and in the same time for a wrong password and an unknown name
 * @throws Refusal TooManyRequests while locked; Unavailable when too many passwords wait to be hashed
 */
export async function signIn(
  service: Service,
  credentials: UserCredentials,
  client: Client,
  onFailure: (failed: FailedAttempt) => void,
): Promise<Authenticated> {
  const usernameKey = normaliseUsername(credentials.username);
  return service.signIns.run(usernameKey, async () => {
    const user = await service.database.findUserByUsername(usernameKey);
    try {
      const { fingerprint } = credentials;
      const device = await findTrustedDevice(service, service.database, user, fingerprint);
      const key = await findLockoutKey(service, user, usernameKey, client, device);
      requireUnlocked(service, await service.database.findLockout(key));
      const password = readPassword(credentials.password);
      return await judgeAttempt(service, user, { key, password, client, fingerprint });
    } catch (error) {
      if (error instanceof Refusal) onFailure({ refusal: error, user });
      throw error;
    }
  });
}

/** What an attempt is judged by, once its lock-out count is known. */
interface Attempt {
  readonly key: LockoutKey;
  readonly password: Password;
  readonly client: Client;
  readonly fingerprint: string | undefined;
}

async function judgeAttempt(service: Service, user: User | undefined, attempt: Attempt): Promise<Authenticated> {
  const fault = await findPasswordFault(service, user, attempt.password);
  const workspaces = await service.database.listAssignedWorkspaces(user?.id ?? 0);
  const reason = fault ?? whyRefused(user, workspaces);
  if (user === undefined || reason !== undefined) {
    await countFailure(service, attempt.key, user, attempt.client);
    throw new Refusal('InvalidCredentials', { reason: reason ?? 'unknown user' });
  }
  return acceptPassword(service, user, workspaces, attempt);
}

function whyRefused(user: User | undefined, workspaces: readonly Workspace[]): string | undefined {
  if (user?.status !== 1) return user?.status === 2 ? 'suspended' : 'not activated';
  return workspaces.length === 0 ? 'assigned to no workspace' : undefined;
}

/** What a right password led to: the session, or the question for the second factor. */
type Accepted = { readonly mfa_token: string } | { readonly session: Session; readonly held: User };

async function acceptPassword(
  service: Service,
  user: User,
  workspaces: readonly Workspace[],
  attempt: Attempt,
): Promise<Authenticated> {
  const { client, key, password } = attempt;
  const workspace = firstWorkspace(user, workspaces);
  if (workspace === undefined) throw new Error('a user without a workspace was let in');
  if (password.plain === undefined) service.metrics.countSha1SignIn(readUserAgent(client.userAgent).browser);
  const renewedHash = await renewHash(service, user, password);
  const accepted = await changeState<Accepted>(service, async (stores) => {
    const held = await stores.holdUser(user.id);
    if (held === undefined || held.passwordHash !== user.passwordHash || held.status !== 1) {
      throw new Refusal('InvalidCredentials', { reason: 'the account changed meanwhile' });
    }
    requireUnlocked(service, await stores.findLockout(key));
    const renewed: NewEvent[] = [];
    if (renewedHash !== undefined) {
      await stores.updateUser(user.id, { passwordHash: renewedHash });
      renewed.push(rehashed(service, user, workspace, client));
    }
    const { fingerprint } = attempt;
    const asked = await askSecondFactor(service, stores, { user, workspaces, client, fingerprint });
    if (asked !== undefined) return { result: { mfa_token: asked.mfa_token }, events: [asked.event, ...renewed] };
    const { session, event } = await beginSignedInSession(service, stores, {
      user: held,
      workspace,
      client,
      amr: ['pwd'],
      lockoutKey: key,
      passedSecondFactor: false,
    });
    return { result: { session, held }, events: [event, ...renewed] };
  });
  if (!('session' in accepted)) return accepted;
  // As the transaction read it: sessions that ended while the password was hashed have raised its counter.
  return issueSessionTokens(service, accepted.held, workspace, accepted.session);
}

function rehashed(service: Service, user: User, workspace: Workspace, client: Client): NewEvent {
  return eventOf(service, client, {
    type: 'PasswordRehashed',
    organisationId: workspace.id,
    userId: user.id,
    description: "The password's hash was renewed",
  });
}

/** Today's hash of a password whose stored hash has old parameters, or is another system's. */
async function renewHash(service: Service, user: User, { sha1 }: Password): Promise<string | undefined> {
  const { passwordHash } = user;
  if (passwordHash === null) return undefined;
  const isOld = isForeignHash(passwordHash) || service.passwords.needsRehash(passwordHash);
  return isOld ? service.passwords.hash(sha1) : undefined;
}
