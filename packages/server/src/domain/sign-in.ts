import type { Authenticated, UserCredentials } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { changeState, eventOf } from './event.ts';
import { countFailure, findLockoutKey, noteCompletedSignIn, requireUnlocked } from './lockout.ts';
import { type Password, readPassword } from './password.ts';
import { findPasswordFault } from './password-check.ts';
import type { LockoutKey, User, Workspace } from './records.ts';
import type { Client, Service } from './service.ts';
import { beginSession, issueSessionTokens } from './session.ts';
import { readUserAgent } from './user-agent.ts';
import { normaliseUsername } from './username.ts';

/** An attempt that was refused, and whose it was as far as that is known: for the event. */
export interface FailedAttempt {
  readonly refusal: Refusal;
  readonly user: User | undefined;
}

/**
 * Signs a user in with username and password (contract §3).
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
      const key = await findLockoutKey(service, user, usernameKey, client);
      requireUnlocked(service, await service.database.findLockout(key));
      return await judgeAttempt(service, user, key, readPassword(credentials.password), client);
    } catch (error) {
      if (error instanceof Refusal) onFailure({ refusal: error, user });
      throw error;
    }
  });
}

async function judgeAttempt(
  service: Service,
  user: User | undefined,
  key: LockoutKey,
  password: Password,
  client: Client,
): Promise<Authenticated> {
  const passwordFault = await findPasswordFault(service, user, password);
  const workspaces = await service.database.findWorkspaces(user?.id ?? 0);
  const reason = passwordFault ?? whyRefused(user, workspaces);
  if (user === undefined || reason !== undefined) {
    await countFailure(service, key, user, client);
    throw new Refusal('InvalidCredentials', { reason: reason ?? 'unknown user' });
  }
  const workspace = workspaces.find(({ id }) => id === user.organisationId) ?? workspaces[0];
  if (workspace === undefined) throw new Error('a user without a workspace was let in');
  if (password.plain === undefined) service.metrics.countSha1SignIn(readUserAgent(client.userAgent).browser);
  return completeSignIn(service, user, workspace, key, password, client);
}

function whyRefused(user: User | undefined, workspaces: readonly Workspace[]): string | undefined {
  if (user === undefined) return 'unknown user';
  if (user.status !== 1) return user.status === 2 ? 'suspended' : 'not activated';
  return workspaces.length === 0 ? 'assigned to no workspace' : undefined;
}

async function completeSignIn(
  service: Service,
  user: User,
  workspace: Workspace,
  key: LockoutKey,
  password: Password,
  client: Client,
): Promise<Authenticated> {
  const renewedHash = await renewHash(service, user, password.sha1);
  const session = await changeState(service, async (stores) => {
    const held = await stores.holdUser(user.id);
    if (held === undefined || held.passwordHash !== user.passwordHash || held.status !== 1) {
      throw new Refusal('InvalidCredentials', { reason: 'the account changed meanwhile' });
    }
    requireUnlocked(service, await stores.findLockout(key));
    if (renewedHash !== undefined) await stores.updateUser(user.id, { passwordHash: renewedHash });
    const begun = await beginSession(service, stores, user, workspace, client, ['pwd']);
    await noteCompletedSignIn(service, stores, user, client);
    const about = { organisationId: workspace.id, userId: user.id };
    const events = [
      eventOf(service, client, {
        ...about,
        type: 'UserSignedIn',
        description: `${user.username} signed in`,
        detail: {
          session_id: begun.id,
          amr: begun.amr,
          ...(password.plain === undefined ? { password_form: 'sha1' } : {}),
        },
      }),
    ];
    if (renewedHash !== undefined) {
      events.push(
        eventOf(service, client, {
          ...about,
          type: 'PasswordRehashed',
          description: "The password's hash was renewed",
        }),
      );
    }
    return { result: begun, events };
  });
  return issueSessionTokens(service, user, workspace, session);
}

/** Today's hash of a password whose stored hash has old parameters. */
async function renewHash(service: Service, user: User, sha1: string): Promise<string | undefined> {
  if (user.passwordHash === null || !service.passwords.needsRehash(user.passwordHash)) return undefined;
  return service.passwords.hash(sha1);
}
