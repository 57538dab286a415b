import type { RegisteredClaims } from '@keywright/contract';
import type { ActivationKey, ActivationPurpose } from './activation-key-port.ts';
import { Refusal } from './errors.ts';
import type { Stores } from './ports.ts';
import { drawId } from './random-id.ts';
import type { User } from './records.ts';
import type { Service } from './service.ts';
import type { StoredSignUp } from './signup-port.ts';
import { verifyInternalToken } from './token-verification.ts';

const hourMs = 60 * 60 * 1000;

/** How long a key works, in milliseconds. */
export const keyLifeMs: Readonly<Record<ActivationPurpose | 'signup', number>> = {
  activation: 72 * hourMs,
  invitation: 72 * hourMs,
  username_change: 72 * hourMs,
  password_reset: hourMs,
  signup: 72 * hourMs,
};

interface ActivationClaims extends RegisteredClaims {
  readonly use: 'activation';
}

function activationAudience(service: Service): string {
  return `${service.settings.publicUrl()}/api/v1/user/activation`;
}

/** What a key is for. */
export interface NewActivationKey {
  readonly user: User;
  readonly purpose: ActivationPurpose;
  /** For invitations: where to, and with which roles. */
  readonly organisationId?: number;
  readonly roles?: number;
}

/**
 * Makes the key of a mail's link: signed, for one use, and void once the user's password or username changes. An earlier
 * unused key of the same purpose stays usable, since mails overtake each other.
 */
export async function createActivationKey(service: Service, stores: Stores, input: NewActivationKey): Promise<string> {
  const { user, purpose } = input;
  const now = service.clock.now();
  const expiresAt = now + keyLifeMs[purpose];
  const id = drawId(service.random);
  await stores.insertActivationKey({
    id,
    userId: user.id,
    purpose,
    organisationId: input.organisationId ?? null,
    roles: input.roles ?? null,
    usernameKey: user.usernameKey,
    passwordChangedAt: user.passwordChangedAt,
    createdAt: now,
    expiresAt,
    usedAt: null,
  });
  return signActivationKey(service, { id, subject: `user:${user.id}`, expiresAt });
}

/** Signs a key of which the store knows what it is for. */
export function signActivationKey(
  service: Service,
  key: { readonly id: string; readonly subject: string; readonly expiresAt: number },
): string {
  const claims: ActivationClaims = {
    iss: service.settings.publicUrl(),
    aud: activationAudience(service),
    sub: key.subject,
    iat: Math.floor(service.clock.now() / 1000),
    exp: Math.floor(key.expiresAt / 1000),
    jti: key.id,
    use: 'activation',
  };
  return service.keys.signInternalToken(claims);
}

/** The link that a mail carries; the page behind it takes the key out of the address bar. */
export function activationLink(service: Service, key: string): string {
  return `${service.settings.publicUrl()}/activation?activationKey=${encodeURIComponent(key)}`;
}

/** What a key that may still be used is for. */
export type LiveActivationKey =
  | { readonly kind: 'user'; readonly key: ActivationKey; readonly user: User }
  | { readonly kind: 'signup'; readonly signUp: StoredSignUp };

/** A key that is refused, and whose it was as far as that is known: for the event. */
export class KeyRefusal extends Refusal {
  readonly user: User | undefined;

  constructor(reason: string, options: { readonly user?: User | undefined; readonly cause?: unknown } = {}) {
    super('BadRequest', {
      message: 'The link is not valid: it was used already, has expired, or was replaced',
      reason,
      cause: options.cause,
    });
    this.user = options.user;
  }
}

/**
 * Finds what a key is for, without using it up.
 *
 * @throws KeyRefusal
 */
export async function readActivationKey(service: Service, text: string): Promise<LiveActivationKey> {
  const id = await verifyActivationKey(service, text);
  const key = await service.database.findActivationKey(id);
  if (key !== undefined) return readUserKey(service, key);
  const signUp = await service.database.findSignUp(id);
  if (signUp === undefined) throw new KeyRefusal('no such activation key, or a sign-up that was confirmed');
  if (signUp.expiresAt <= service.clock.now()) throw new KeyRefusal('the sign-up has expired');
  return { kind: 'signup', signUp };
}

async function readUserKey(service: Service, key: ActivationKey): Promise<LiveActivationKey> {
  const user = await service.database.findUser(key.userId);
  if (user === undefined) throw new KeyRefusal('activation key of a deleted user');
  if (key.usedAt !== null) throw new KeyRefusal('activation key used already', { user });
  if (key.expiresAt <= service.clock.now()) throw new KeyRefusal('activation key expired', { user });
  requireUnchanged(key, user);
  return { kind: 'user', key, user };
}

/**
 * Refuses a key whose user got another username or password since it was made, or is suspended.
 *
 * @throws KeyRefusal
 */
export function requireUnchanged(key: ActivationKey, user: User): void {
  if (key.usernameKey !== user.usernameKey || key.passwordChangedAt !== user.passwordChangedAt) {
    throw new KeyRefusal('username or password changed since the activation key was made', { user });
  }
  if (user.status === 2) throw new KeyRefusal('the user is suspended', { user });
}

async function verifyActivationKey(service: Service, text: string): Promise<string> {
  try {
    const audience = activationAudience(service);
    const expected = { name: 'activation key', use: 'activation', audience, endsInStore: true } as const;
    const { jti } = await verifyInternalToken(service, text, expected);
    if (typeof jti === 'string') return jti;
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason === undefined) throw error;
    throw new KeyRefusal(error.reason, { cause: error });
  }
  throw new KeyRefusal('no activation key');
}
