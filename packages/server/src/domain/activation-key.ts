import type { RegisteredClaims } from '@keywright/contract';
import type { ActivationKey, ActivationPurpose } from './activation-key-port.ts';
import { Refusal } from './errors.ts';
import { checkAudience, checkIssuer, checkTimes } from './jws-claims.ts';
import { JwsError } from './jws-error.ts';
import type { Stores } from './ports.ts';
import type { User } from './records.ts';
import type { Service } from './service.ts';

const hourMs = 60 * 60 * 1000;

/** How long a key works, in milliseconds. */
const lifeMs: Readonly<Record<ActivationPurpose, number>> = {
  activation: 72 * hourMs,
  invitation: 72 * hourMs,
  username_change: 72 * hourMs,
  password_reset: hourMs,
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
  const expiresAt = now + lifeMs[purpose];
  const id = Buffer.from(service.random.bytes(16)).toString('base64url');
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
  const claims: ActivationClaims = {
    iss: service.settings.publicUrl(),
    aud: activationAudience(service),
    sub: `user:${user.id}`,
    iat: Math.floor(now / 1000),
    exp: Math.floor(expiresAt / 1000),
    jti: id,
    use: 'activation',
  };
  return service.keys.signInternalToken(claims);
}

/** The link that a mail carries; the page behind it takes the key out of the address bar. */
export function activationLink(service: Service, key: string): string {
  return `${service.settings.publicUrl()}/activation?activationKey=${encodeURIComponent(key)}`;
}

/** A key that may still be used, and whose it is. */
export interface LiveActivationKey {
  readonly key: ActivationKey;
  readonly user: User;
}

/**
 * Finds what a key is for, without using it up.
 *
 * @param refusedAs how this version of the API answers a bad or used key
 */
export async function readActivationKey(
  service: Service,
  text: string,
  refusedAs: 'BadRequest' | 'Forbidden',
): Promise<LiveActivationKey> {
  const refuse = (reason: string, cause?: unknown): never => {
    const message = 'The link is not valid: it was used already, has expired, or was replaced';
    throw new Refusal(refusedAs, { message, reason, cause });
  };
  const id = await verifyActivationKey(service, text).catch((error: unknown) => {
    if (error instanceof JwsError) return refuse(`activation key ${error.code}`, error);
    throw error;
  });
  const key =
    (id === undefined ? undefined : await service.database.findActivationKey(id)) ?? refuse('no such activation key');
  if (key.usedAt !== null) refuse('activation key used');
  if (key.expiresAt <= service.clock.now()) refuse('activation key expired');
  const user = (await service.database.findUser(key.userId)) ?? refuse('activation key of a deleted user');
  if (isVoid(key, user)) refuse('username or password changed since the activation key was made');
  return { key, user };
}

/** Whether the username or the password changed since the key was made. */
export function isVoid(key: ActivationKey, user: User): boolean {
  return key.usernameKey !== user.usernameKey || key.passwordChangedAt !== user.passwordChangedAt;
}

async function verifyActivationKey(service: Service, text: string): Promise<string | undefined> {
  const { payload } = await service.keys.verifyInternalToken(text);
  checkIssuer(payload, service.settings.publicUrl());
  checkAudience(payload, activationAudience(service));
  checkTimes(payload, Math.floor(service.clock.now() / 1000), { skewSeconds: 0 });
  const { use, jti } = payload;
  return use === 'activation' && typeof jti === 'string' ? jti : undefined;
}
