import type { CreateApplicationToken, RoleName } from '@keywright/contract';
import { createUser } from './domain/active-user.ts';
import { createApplicationToken } from './domain/application-token.ts';
import { tokenMeasures } from './domain/application-token-attention.ts';
import { revokeApplicationToken } from './domain/application-token-change.ts';
import { hashApplicationTokenSecret, isWellFormedApplicationToken } from './domain/application-token-secret.ts';
import { readAuthToken, verifyRefreshToken } from './domain/auth-token.ts';
import { callerOfUser } from './domain/caller.ts';
import { Refusal } from './domain/errors.ts';
import { rotateSigningKey } from './domain/key-rotation.ts';
import { countFailure, findLockoutKey, unlockUser } from './domain/lockout.ts';
import { loopback } from './domain/loopback.ts';
import { createOrganisation } from './domain/organisation.ts';
import type { ApplicationToken, User } from './domain/records.ts';
import { roleSet } from './domain/role.ts';
import type { Actor, Service } from './domain/service.ts';
import { endOneSession } from './domain/session.ts';
import { exportSecrets } from './domain/signing-key.ts';
import { activateUser, suspendUser } from './domain/user-status.ts';
import { normaliseUsername } from './domain/username.ts';

/** What a program does with the server that it has in its own process, past all permissions. */
export interface Operations {
  createOrganisation(given: { readonly name: string; readonly parentId?: number | undefined }): Promise<{ id: number }>;
  /** Makes a user who can sign in at once. */
  createUser(given: {
    readonly username: string;
    readonly name: string;
    readonly password: string;
    readonly role: RoleName;
    readonly organisationId: number;
  }): Promise<{ id: number }>;
  /** Makes an application token for a user; its properties are those of `POST /api/v1/application_token`. */
  createApplicationToken(
    username: string,
    given: CreateApplicationToken,
  ): Promise<{ readonly id: number; readonly application_token: string }>;
  /** Revokes an application token, by its secret or one of its auth tokens, or ends the session that a token is of. */
  revoke(token: string): Promise<void>;
  suspendUser(username: string): Promise<void>;
  activateUser(username: string): Promise<void>;
  /** Locks an account for sign-ins from this machine, as three wrong passwords do. */
  lockUser(username: string): Promise<void>;
  unlockUser(username: string): Promise<void>;
  /** Lets the next key sign, at once. */
  rotateKeys(): Promise<void>;
  /** The keys that auth tokens are verified with, as JWKs: public ones, or the secrets where those sign. */
  keys(): Promise<readonly object[]>;
}

const actor: Actor = {
  client: { address: loopback, requestId: 'in-process', source: 4, userAgent: null },
  userId: null,
  name: 'the program around it',
};

/** @throws Refusal, each of them, where the API would refuse the same for what is asked */
export function createOperations(service: Service): Operations {
  return {
    createOrganisation: ({ name, parentId }) =>
      createOrganisation(service, actor, { name, parentId: parentId ?? null }),
    createUser: (given) => createUser(service, actor, given),
    async createApplicationToken(username, given) {
      const caller = await callerOfUser(service, username, actor.client);
      // As on the command line, it may have the role that no user has.
      const roles = caller.roles | roleSet('Service');
      return createApplicationToken(service, { ...caller, roles }, () => given);
    },
    revoke: (token) => revoke(service, token),
    suspendUser: async (username) => suspendUser(service, actor, (await findUser(service, username)).id),
    activateUser: async (username) => activateUser(service, actor, (await findUser(service, username)).id),
    lockUser: (username) => lockUser(service, username),
    unlockUser: async (username) => {
      await unlockUser(service, actor, (await findUser(service, username)).id);
    },
    async rotateKeys() {
      await rotateSigningKey(service, actor, { force: true });
    },
    async keys() {
      if (service.keys.algorithm !== 'HS256') return service.keys.jwks().keys;
      return (await exportSecrets(service, actor)).map(({ jwk }) => jwk);
    },
  };
}

async function findUser(service: Service, username: string): Promise<User> {
  const user = await service.database.findUserByUsername(normaliseUsername(username));
  if (user === undefined) throw new Refusal('NotFound', { message: `There is no user ${username}` });
  return user;
}

async function revoke(service: Service, token: string): Promise<void> {
  if (isWellFormedApplicationToken(token)) {
    const found = await service.database.findApplicationTokenExchange(hashApplicationTokenSecret(token));
    if (found === undefined) throw new Refusal('NotFound', { message: 'There is no such application token' });
    return revokeApplicationToken(service, actor, await findToken(service, found.id));
  }
  const bearer = await readSession(service, token);
  if ('applicationTokenId' in bearer) {
    return revokeApplicationToken(service, actor, await findToken(service, bearer.applicationTokenId));
  }
  const user = await service.database.findUser(bearer.userId);
  if (user === undefined) throw new Refusal('NotFound', { message: 'There is no such user' });
  await endOneSession(service, actor, user, { sessionId: bearer.sessionId, reason: 'one of its tokens was revoked' });
}

async function readSession(
  service: Service,
  token: string,
): Promise<{ readonly applicationTokenId: number } | { readonly userId: number; readonly sessionId: number }> {
  try {
    return (await readAuthToken(service, token)).bearer;
  } catch {
    return verifyRefreshToken(service, token);
  }
}

async function findToken(service: Service, id: number): Promise<ApplicationToken> {
  const organisations = await service.database.listOrganisations();
  const scope = { organisationIds: organisations.map((organisation) => organisation.id), ...tokenMeasures(service) };
  const token = await service.database.findApplicationToken(id, scope);
  if (token === undefined) throw new Refusal('NotFound', { message: 'There is no such application token' });
  return token;
}

async function lockUser(service: Service, username: string): Promise<void> {
  const user = await findUser(service, username);
  const ofNetwork = await findLockoutKey(service, user, user.usernameKey, actor.client);
  // Where the user has signed in from this machine, it has a count of its own.
  const keys = [{ ...ofNetwork, scope: 'account' }, ...(ofNetwork.scope === 'account' ? [] : [ofNetwork])];
  for (const key of keys) {
    const failures = [1, 2, 3].map(() => () => countFailure(service, key, user, actor.client));
    for (const fail of failures) await fail().catch(unlessLocked);
  }
}

function unlessLocked(error: unknown): void {
  if (!(error instanceof Refusal) || error.token !== 'TooManyRequests') throw error;
}
