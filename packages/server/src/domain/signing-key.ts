import type { SigningAlgorithm } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { exportSigningKey, generateSigningKey, importSigningKey } from './jwk.ts';
import { type KeyPurpose, sealPurpose } from './key-purpose.ts';
import type { Clock, Database, Random, Stores } from './ports.ts';
import type { NewEvent, StoredKey } from './records.ts';
import type { SecretBox } from './secret-box.ts';
import type { Actor, Service } from './service.ts';
import { changeState } from './state-change.ts';

/** How long a public key is known before it signs, in seconds: as long as verifiers may cache the JWKS, and instances take to read a new key. */
const publishSeconds = 360;

/** The longest life of an auth token, and some time for clocks that differ, in milliseconds: retired keys verify so long. */
const retiredKeyLifeMs = (1440 * 60 + 300) * 1000;

/** The refresh tokens' keys must outlive the longest session: 30 days. */
const retiredInternalKeyLifeMs = (30 * 24 * 60 * 60 + 300) * 1000;

interface KeyMakers {
  readonly clock: Clock;
  readonly random: Random;
  readonly box: SecretBox;
}

/**
 * Makes the keys that are missing: at first start one that signs and one to follow it, for each purpose; later, where the
 * configured algorithm is another than the current key's, one of the new algorithm that takes over at once.
 *
 * Instances that don't know the new key yet read the keys again when they meet a token of it.
 *
 * @param options `mayChangeAlgorithm` is for servers: a command may run in a shell that lacks the server's settings
 */
export async function prepareSigningKeys(
  database: Database,
  makers: KeyMakers,
  algorithm: SigningAlgorithm,
  options: { readonly mayChangeAlgorithm: boolean },
): Promise<void> {
  await database.transaction(async (stores) => {
    await stores.lock('keys');
    const now = makers.clock.now();
    const keys = await stores.listKeys();
    await preparePurpose(stores, makers, keys, 'internal', 'HS256');
    const current = keys.find((key) => key.purpose === 'auth' && key.state === 'current');
    const kept = options.mayChangeAlgorithm ? algorithm : (current?.algorithm ?? algorithm);
    await preparePurpose(stores, makers, keys, 'auth', kept);
    for (const key of keys) {
      const life = key.purpose === 'auth' ? retiredKeyLifeMs : retiredInternalKeyLifeMs;
      if (key.state === 'retired' && (key.retiredAt ?? now) + life < now) await stores.deleteKey(key.kid);
    }
  });
}

async function preparePurpose(
  stores: Stores,
  makers: KeyMakers,
  keys: readonly StoredKey[],
  purpose: KeyPurpose,
  algorithm: SigningAlgorithm,
): Promise<void> {
  const now = makers.clock.now();
  const current = keys.find((key) => key.purpose === purpose && key.state === 'current');
  const next = keys.find((key) => key.purpose === purpose && key.state === 'next');
  if (current?.algorithm !== algorithm) {
    // The next key of the algorithm before would bring it back at the next rotation.
    if (next !== undefined) await stores.deleteKey(next.kid);
    if (current !== undefined) await stores.updateKey(current.kid, { state: 'retired', retiredAt: now });
    await stores.insertKey(makeKey(makers, purpose, algorithm, 'current'));
  }
  if (next === undefined || next.algorithm !== algorithm) {
    await stores.insertKey(makeKey(makers, purpose, algorithm, 'next'));
  }
}

function makeKey(
  makers: KeyMakers,
  purpose: KeyPurpose,
  algorithm: SigningAlgorithm,
  state: 'current' | 'next',
): Omit<StoredKey, 'id'> {
  const now = makers.clock.now();
  const key = generateSigningKey(algorithm, makers.random);
  const encryptedKey = makers.box.seal(JSON.stringify(exportSigningKey(key)), sealPurpose(key.kid, purpose));
  return {
    kid: key.kid,
    purpose,
    algorithm,
    state,
    encryptedKey,
    createdAt: now,
    activatedAt: state === 'current' ? now : null,
    retiredAt: null,
  };
}

/** A signing key without its secret. */
export type SigningKeyInfo = Omit<StoredKey, 'encryptedKey'>;

export async function listSigningKeys(service: Service): Promise<SigningKeyInfo[]> {
  const keys = await service.database.listKeys();
  return keys.map(({ encryptedKey: _, ...info }) => info);
}

/**
 * Lets the next auth key sign, retires the current one, which verifies until its last token has expired, and makes a new
 * next one.
 *
 * @param options `force` rotates although verifiers may not know the next key yet
 * @throws Refusal NotAllowed where the next key was made less than {@link publishSeconds} ago
 */
export async function rotateSigningKey(
  service: Service,
  actor: Actor,
  options: { readonly force: boolean },
): Promise<SigningKeyInfo[]> {
  await changeState(service, async (stores) => {
    await stores.lock('keys');
    const now = service.clock.now();
    const keys = (await stores.listKeys()).filter((key) => key.purpose === 'auth');
    const current = keys.find((key) => key.state === 'current');
    const next = keys.find((key) => key.state === 'next');
    if (current === undefined || next === undefined) throw new Error('the signing keys are incomplete');
    const knownForMs = now - next.createdAt;
    if (knownForMs < publishSeconds * 1000 && !options.force) {
      const waitSeconds = Math.ceil(publishSeconds - knownForMs / 1000);
      throw new Refusal('NotAllowed', {
        message: `The next key was published ${Math.floor(knownForMs / 1000)} s ago, and verifiers may not know it yet; rotate again in ${waitSeconds} s, or force it`,
      });
    }
    const fresh = makeKey(service, 'auth', current.algorithm, 'next');
    await stores.updateKey(current.kid, { state: 'retired', retiredAt: now });
    await stores.updateKey(next.kid, { state: 'current', activatedAt: now });
    await stores.insertKey(fresh);
    const event = (type: 'SigningKeyActivated' | 'SigningKeyRetired' | 'SigningKeyCreated', kid: string): NewEvent =>
      eventOf(service, actor.client, {
        type,
        organisationId: null,
        userId: actor.userId,
        description: `${{ SigningKeyActivated: 'Now signing', SigningKeyRetired: 'Retired', SigningKeyCreated: 'Next to sign' }[type]}: key ${kid}`,
        detail: { kid, algorithm: current.algorithm, by: actor.name },
      });
    const events = [
      event('SigningKeyRetired', current.kid),
      event('SigningKeyActivated', next.kid),
      event('SigningKeyCreated', fresh.kid),
    ];
    return { result: undefined, events };
  });
  await service.keys.reload();
  return listSigningKeys(service);
}

/**
 * The HS256 secrets of auth tokens as private JWKs, in all three states, for resource servers that are trusted to mint
 * tokens themselves.
 *
 * @throws Refusal NotAllowed where auth tokens are signed with a public-key algorithm: nothing secret is needed then
 */
export async function exportSecrets(service: Service, actor: Actor): Promise<{ state: string; jwk: object }[]> {
  return changeState(service, async (stores) => {
    const keys = (await stores.listKeys()).filter((key) => key.purpose === 'auth' && key.algorithm === 'HS256');
    if (keys.length === 0) {
      throw new Refusal('NotAllowed', {
        message: 'There is no HS256 secret: verifiers take the public keys from /.well-known/jwks.json',
      });
    }
    const result = keys.map((key) => ({
      state: key.state,
      jwk: exportSigningKey(
        importSigningKey(JSON.parse(service.box.open(key.encryptedKey, sealPurpose(key.kid, key.purpose)))),
      ),
    }));
    const event = eventOf(service, actor.client, {
      type: 'SigningKeyExported',
      organisationId: null,
      userId: actor.userId,
      description: 'The HS256 secrets were exported',
      detail: { kids: keys.map((key) => key.kid), by: actor.name },
    });
    return { result, events: [event] };
  });
}
