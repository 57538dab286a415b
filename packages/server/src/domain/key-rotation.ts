import { Refusal } from './errors.ts';
import { keyEvent } from './key-event.ts';
import { createKeyMaker, type KeyMaker } from './key-maker.ts';
import type { Stores } from './ports.ts';
import type { NewEvent, StoredKey } from './records.ts';
import { endAuthTokensIssuedBefore } from './revocation.ts';
import type { Actor, Service } from './service.ts';
import { keeper, listSigningKeys, type SigningKeyInfo } from './signing-key.ts';
import { changeState } from './state-change.ts';

/** How long a public key is known before it signs, in seconds: as long as verifiers may cache the JWKS, and instances take to read a new key. */
const publishSeconds = 360;

const dayMs = 86_400_000;

interface AuthKeys {
  readonly current: StoredKey;
  readonly next: StoredKey;
  readonly all: readonly StoredKey[];
}

async function findAuthKeys(stores: Pick<Stores, 'listKeys'>): Promise<AuthKeys> {
  const all = (await stores.listKeys()).filter((key) => key.purpose === 'auth');
  const current = all.find((key) => key.state === 'current');
  const next = all.find((key) => key.state === 'next');
  if (current === undefined || next === undefined) throw new Error('the signing keys are incomplete');
  return { current, next, all };
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
  await replaceCurrentKey(service, actor, (keys) => {
    const waitSeconds = Math.ceil(publishSeconds - knownForMs(service, keys) / 1000);
    if (waitSeconds <= 0 || options.force) return true;
    throw new Refusal('NotAllowed', {
      message: `The next key was published ${publishSeconds - waitSeconds} s ago, and verifiers may not know it yet; rotate again in ${waitSeconds} s, or at once with --force`,
    });
  });
  return listSigningKeys(service);
}

/**
 * Rotates where the current key has signed for so many days, once for all instances.
 *
 * @returns whether it did
 */
export function rotateSigningKeyWhenDue(service: Service, rotationDays: number): Promise<boolean> {
  return replaceCurrentKey(service, keeper, (keys) => {
    const since = keys.current.activatedAt ?? keys.current.createdAt;
    const isDue = service.clock.now() - since >= rotationDays * dayMs;
    return isDue && knownForMs(service, keys) >= publishSeconds * 1000;
  });
}

function knownForMs({ clock }: Service, { next }: AuthKeys): number {
  return clock.now() - next.createdAt;
}

/** @param isTime judged under the lock, since another instance may have rotated a moment ago; it may refuse */
async function replaceCurrentKey(
  service: Service,
  actor: Actor,
  isTime: (keys: AuthKeys) => boolean,
): Promise<boolean> {
  const before = await findAuthKeys(service.database);
  if (!isTime(before)) return false;
  const maker = createKeyMaker(service);
  // An RSA key takes a while: nobody else is to wait for the lock meanwhile.
  maker.prepare(before.current.algorithm, 1);
  const isDone = await changeState(service, async (stores) => {
    await stores.lock('keys');
    const keys = await findAuthKeys(stores);
    if (!isTime(keys)) return { result: false, events: [] };
    const { current, next } = keys;
    const now = service.clock.now();
    const fresh = maker.make('auth', current.algorithm, 'next');
    await stores.updateKey(current.kid, { state: 'retired', retiredAt: now });
    await stores.updateKey(next.kid, { state: 'current', activatedAt: now });
    await stores.insertKey(fresh);
    const events = [
      keyEvent(service, actor, 'SigningKeyRetired', current),
      keyEvent(service, actor, 'SigningKeyActivated', next),
      keyEvent(service, actor, 'SigningKeyCreated', fresh),
    ];
    return { result: true, events };
  });
  if (isDone) await service.keys.reload();
  return isDone;
}

/**
 * Takes a key out at once that somebody may have: it verifies nothing any more and leaves the JWKS, the next key signs in
 * its place, and whoever follows the revocations refuses every auth token from before and asks for the keys anew. Sessions
 * and application tokens stay, and get new auth tokens.
 *
 * HS256 secrets leave together, in one export: where one is out, all are, and a new one signs.
 *
 * @param kid the current key where absent
 * @throws Refusal NotFound where there is no such key of auth tokens
 */
export async function removeCompromisedKey(
  service: Service,
  actor: Actor,
  kid: string | undefined,
): Promise<SigningKeyInfo[]> {
  const maker = createKeyMaker(service);
  maker.prepare((await findAuthKeys(service.database)).current.algorithm, 1);
  await changeState(service, async (stores) => {
    await stores.lock('keys');
    const { current, next, all } = await findAuthKeys(stores);
    const leaked = kid === undefined ? current : all.find((key) => key.kid === kid);
    if (leaked === undefined) throw new Refusal('NotFound', { message: `There is no key ${kid} of auth tokens` });
    const now = service.clock.now();
    const known = leaked.algorithm === 'HS256' ? all.filter(({ algorithm }) => algorithm === 'HS256') : [leaked];
    const events: NewEvent[] = [];
    for (const key of known) {
      await stores.deleteKey(key.kid);
      events.push(keyEvent(service, actor, 'SigningKeyRemoved', key, 'compromised'));
    }
    events.push(...(await replaceKnownKeys(service, stores, actor, { maker, current, next, known })));
    // Tokens say in which second they were issued; what the new key signs in this one is refused too, and got anew.
    await endAuthTokensIssuedBefore(service, stores, (Math.floor(now / 1000) + 1) * 1000);
    return { result: undefined, events };
  });
  await service.keys.reload();
  return listSigningKeys(service);
}

/** Sees to it that a key signs that nobody else knows, and that another one is there to follow it. */
async function replaceKnownKeys(
  service: Service,
  stores: Stores,
  actor: Actor,
  { maker, current, next, known }: Omit<AuthKeys, 'all'> & { maker: KeyMaker; known: readonly StoredKey[] },
): Promise<NewEvent[]> {
  const events: NewEvent[] = [];
  const insert = async (state: 'current' | 'next'): Promise<void> => {
    const made = maker.make('auth', current.algorithm, state);
    await stores.insertKey(made);
    events.push(keyEvent(service, actor, state === 'current' ? 'SigningKeyActivated' : 'SigningKeyCreated', made));
  };
  const [isCurrentKnown, isNextKnown] = [known.includes(current), known.includes(next)];
  if (isCurrentKnown && isNextKnown) {
    await insert('current');
  } else if (isCurrentKnown) {
    await stores.updateKey(next.kid, { state: 'current', activatedAt: service.clock.now() });
    events.push(keyEvent(service, actor, 'SigningKeyActivated', next));
  }
  if (isCurrentKnown || isNextKnown) await insert('next');
  return events;
}
