import type { AuthTokenClaims, SigningAlgorithm } from '@keywright/contract';
import { type VerifiedJws, VerifyError, type VerifyingKey, verifyJws } from '@keywright/verifier';
import { importSigningKey, publicJwk } from './jwk.ts';
import { createSigner, type JwsSigner } from './jws.ts';
import { type SigningKey, toVerifyingKey } from './jws-key.ts';
import { type KeyPurpose, sealPurpose } from './key-purpose.ts';
import { onceAtATime } from './once-at-a-time.ts';
import type { Clock, KeyStore, Log } from './ports.ts';
import type { StoredKey } from './records.ts';
import type { SecretBox } from './secret-box.ts';

/** A token that names no key of ours makes the keys be read again, at most this often. */
const reloadCoolDownMs = 1_000;

/** The signing keys, decrypted and ready: what signs now, and everything that still verifies. */
export interface KeyRing {
  signAuthToken(claims: AuthTokenClaims): string;
  signInternalToken(claims: object): string;
  /** @throws VerifyError */
  verifyAuthToken(token: string): Promise<VerifiedJws>;
  /** @throws VerifyError */
  verifyInternalToken(token: string): Promise<VerifiedJws>;
  /** The algorithm that auth tokens are signed with now. */
  readonly algorithm: SigningAlgorithm;
  /** The public keys (RFC 7517 §5): those to come, the current one, and those retired whose tokens may live. */
  jwks(): { readonly keys: readonly object[] };
  /** Reads the keys from the store, so that a rotation elsewhere is followed. */
  reload(): Promise<void>;
}

interface LoadedKeys {
  readonly authSigner: JwsSigner;
  readonly internalSigner: JwsSigner;
  readonly algorithm: SigningAlgorithm;
  readonly auth: readonly VerifyingKey[];
  readonly internal: readonly VerifyingKey[];
  readonly jwks: { readonly keys: readonly object[] };
}

/** Loads the signing keys from the store and keeps them at hand. */
export async function createKeyRing(deps: {
  store: KeyStore;
  box: SecretBox;
  clock: Clock;
  log: Log;
}): Promise<KeyRing> {
  const openAll = createKeyOpener(deps.box);
  let keys = loadKeys(openAll(await deps.store.listKeys()));
  let reloadedAt = deps.clock.monotonic();
  // What is being read may have been asked for before a key was taken out: who comes meanwhile waits for the reading after.
  const reload = onceAtATime(async () => {
    keys = loadKeys(openAll(await deps.store.listKeys()));
    reloadedAt = deps.clock.monotonic();
  });

  /** A key may have been made elsewhere a moment ago: before refusing, look once. */
  async function verify(verifyOnce: () => VerifiedJws): Promise<VerifiedJws> {
    try {
      return verifyOnce();
    } catch (error) {
      const unknown = error instanceof VerifyError && (error.code === 'unknown_key' || error.code === 'bad_signature');
      if (!unknown || deps.clock.monotonic() - reloadedAt < reloadCoolDownMs) throw error;
      await reload();
      return verifyOnce();
    }
  }

  return {
    signAuthToken: (claims) => keys.authSigner.sign(claims),
    signInternalToken: (claims) => keys.internalSigner.sign(claims),
    verifyAuthToken: (token) => verify(() => verifyJws(token, keys.auth, { typ: ['JWT', 'at+jwt'] })),
    verifyInternalToken: (token) => verify(() => verifyJws(token, keys.internal, { typ: 'JWT' })),
    get algorithm() {
      return keys.algorithm;
    },
    jwks: () => keys.jwks,
    reload,
  };
}

/** A key as it is stored, and ready to be used. */
interface OpenedKey {
  readonly row: StoredKey;
  readonly key: SigningKey;
}

/**
 * Makes the function that decrypts keys, each once for as long as it is stored: anybody may ask for the key set, for which
 * they are read each time.
 */
function createKeyOpener(box: SecretBox): (stored: readonly StoredKey[]) => OpenedKey[] {
  let known = new Map<string, SigningKey>();
  return (stored) => {
    const opened = stored.map((row) => ({ row, key: known.get(placeOf(row)) ?? openKey(row, box) }));
    known = new Map(opened.map(({ row, key }) => [placeOf(row), key]));
    return opened;
  };
}

/** A stored key with what it is sealed for: one that is put in another's place is opened anew, and refused by its seal. */
function placeOf({ kid, purpose, encryptedKey }: StoredKey): string {
  return `${sealPurpose(kid, purpose)} ${encryptedKey}`;
}

function loadKeys(opened: readonly OpenedKey[]): LoadedKeys {
  const current = (purpose: KeyPurpose): SigningKey => {
    const found = opened.find(({ row }) => row.purpose === purpose && row.state === 'current');
    if (found === undefined) throw new Error(`there is no current ${purpose} signing key`);
    return found.key;
  };
  const verifying = (purpose: KeyPurpose): VerifyingKey[] =>
    opened.filter(({ row }) => row.purpose === purpose).map(({ key }) => toVerifyingKey(key));
  const authKey = current('auth');
  const shared = authKey.algorithm === 'HS256';
  return {
    authSigner: createSigner({ key: authKey, typ: shared ? 'JWT' : 'at+jwt', withKid: !shared }),
    internalSigner: createSigner({ key: current('internal'), typ: 'JWT', withKid: false }),
    algorithm: authKey.algorithm,
    auth: verifying('auth'),
    internal: verifying('internal'),
    jwks: {
      keys: opened
        .filter(({ row }) => row.purpose === 'auth' && row.algorithm !== 'HS256')
        .map(({ key }) => publicJwk(key)),
    },
  };
}

function openKey(row: StoredKey, box: SecretBox): SigningKey {
  return importSigningKey(JSON.parse(box.open(row.encryptedKey, sealPurpose(row.kid, row.purpose))));
}
