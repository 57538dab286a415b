import type { SigningAlgorithm } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { exportSigningKey, importSigningKey } from './jwk.ts';
import { type KeyEventType, type KeyName, keyEvent } from './key-event.ts';
import { createKeyMaker, type KeyMaker } from './key-maker.ts';
import { type KeyPurpose, sealPurpose } from './key-purpose.ts';
import { loopback } from './loopback.ts';
import type { Stores } from './ports.ts';
import type { NewEvent, StoredKey } from './records.ts';
import type { Actor, Service } from './service.ts';
import { changeState } from './state-change.ts';

/** What of the service looks after the keys before there is the rest of it. */
export type KeyService = Pick<Service, 'database' | 'clock' | 'random' | 'box' | 'log'>;

/** The longest life of an auth token, and some time for clocks that differ, in milliseconds: retired keys verify so long. */
const retiredKeyLifeMs = (1440 * 60 + 300) * 1000;

/** The refresh tokens' keys must outlive the longest session: 30 days. */
const retiredInternalKeyLifeMs = (30 * 24 * 60 * 60 + 300) * 1000;

/** Who keeps the keys in order when nobody asked for it. */
export const keeper: Actor = {
  client: { address: loopback, requestId: 'key care', source: 1, userAgent: null },
  userId: null,
  name: 'Keywright',
};

/**
 * Makes the keys that are missing: at first start one that signs and one to follow it, for each purpose; later, where the
 * configured algorithm is another than the current key's, one of the new algorithm that takes over at once. Removes those
 * whose last token has expired.
 *
 * Instances that don't know the new key yet read the keys again when they meet a token of it.
 *
 * @param options `mayChangeAlgorithm` is for servers: a command may run in a shell that lacks the server's settings
 */
export async function prepareSigningKeys(
  service: KeyService,
  algorithm: SigningAlgorithm,
  options: { readonly mayChangeAlgorithm: boolean },
): Promise<void> {
  const wanted = (keys: readonly StoredKey[]): SigningAlgorithm => {
    const current = findKey(keys, 'auth', 'current');
    return options.mayChangeAlgorithm ? algorithm : (current?.algorithm ?? algorithm);
  };
  const before = await service.database.listKeys();
  const present = { auth: wanted(before), internal: 'HS256' } as const;
  const isComplete = keyPurposes.every((purpose) => isPrepared(before, purpose, present[purpose]));
  if (isComplete && before.every((key) => !isOver(key, service.clock.now()))) return;
  // An RSA key takes a while: nobody else is to wait for the lock meanwhile.
  const maker = createKeyMaker(service);
  if (!isPrepared(before, 'auth', present.auth)) maker.prepare(present.auth, 2);
  await changeState(service, async (stores) => {
    await stores.lock('keys');
    const keys = await stores.listKeys();
    const events = [
      ...(await preparePurpose(service, stores, maker, { keys, purpose: 'internal', algorithm: 'HS256' })),
      ...(await preparePurpose(service, stores, maker, { keys, purpose: 'auth', algorithm: wanted(keys) })),
    ];
    for (const key of keys) {
      if (!isOver(key, service.clock.now())) continue;
      await stores.deleteKey(key.kid);
      events.push(keyEvent(service, keeper, 'SigningKeyRemoved', key));
    }
    return { result: undefined, events };
  });
}

const keyPurposes = ['internal', 'auth'] as const;

function findKey(keys: readonly StoredKey[], purpose: KeyPurpose, state: StoredKey['state']): StoredKey | undefined {
  return keys.find((key) => key.purpose === purpose && key.state === state);
}

function isPrepared(keys: readonly StoredKey[], purpose: KeyPurpose, algorithm: SigningAlgorithm): boolean {
  return (['current', 'next'] as const).every((state) => findKey(keys, purpose, state)?.algorithm === algorithm);
}

/** Whether the last token that a retired key signed has expired. */
function isOver(key: StoredKey, now: number): boolean {
  const life = key.purpose === 'auth' ? retiredKeyLifeMs : retiredInternalKeyLifeMs;
  return key.state === 'retired' && (key.retiredAt ?? now) + life < now;
}

async function preparePurpose(
  service: KeyService,
  stores: Stores,
  maker: KeyMaker,
  wanted: { readonly keys: readonly StoredKey[]; readonly purpose: KeyPurpose; readonly algorithm: SigningAlgorithm },
): Promise<NewEvent[]> {
  const { keys, purpose, algorithm } = wanted;
  const events: NewEvent[] = [];
  const note = (type: KeyEventType, key: KeyName): void => {
    events.push(keyEvent(service, keeper, type, key));
  };
  const current = findKey(keys, purpose, 'current');
  const next = findKey(keys, purpose, 'next');
  if (current?.algorithm !== algorithm) {
    // The next key of the algorithm before would bring it back at the next rotation.
    if (next !== undefined) {
      await stores.deleteKey(next.kid);
      note('SigningKeyRemoved', next);
    }
    if (current !== undefined) {
      await stores.updateKey(current.kid, { state: 'retired', retiredAt: service.clock.now() });
      note('SigningKeyRetired', current);
    }
    const made = maker.make(purpose, algorithm, 'current');
    await stores.insertKey(made);
    note('SigningKeyActivated', made);
  }
  if (next === undefined || next.algorithm !== algorithm) {
    const made = maker.make(purpose, algorithm, 'next');
    await stores.insertKey(made);
    note('SigningKeyCreated', made);
  }
  return events;
}

/** A signing key without its secret. */
export type SigningKeyInfo = Omit<StoredKey, 'encryptedKey'>;

export async function listSigningKeys(service: Service): Promise<SigningKeyInfo[]> {
  const keys = await service.database.listKeys();
  return keys.map(({ encryptedKey: _, ...info }) => info);
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
