import type { SigningAlgorithm } from '@keywright/contract';
import { exportSigningKey, generateSigningKey } from './jwk.ts';
import type { SigningKey } from './jws-key.ts';
import { type KeyPurpose, sealPurpose } from './key-purpose.ts';
import type { Clock, Random } from './ports.ts';
import type { StoredKey } from './records.ts';
import type { SecretBox } from './secret-box.ts';

/** Makes signing keys for the store. */
export interface KeyMaker {
  /** Makes the keys themselves, so many of an algorithm, for when they are asked for while others wait. */
  prepare(algorithm: SigningAlgorithm, count: number): void;
  make(purpose: KeyPurpose, algorithm: SigningAlgorithm, state: 'current' | 'next'): Omit<StoredKey, 'id'>;
}

export function createKeyMaker({
  clock,
  random,
  box,
}: {
  readonly clock: Clock;
  readonly random: Random;
  readonly box: SecretBox;
}): KeyMaker {
  const prepared: SigningKey[] = [];
  const take = (algorithm: SigningAlgorithm): SigningKey => {
    const index = prepared.findIndex((key) => key.algorithm === algorithm);
    return prepared.splice(index, index === -1 ? 0 : 1)[0] ?? generateSigningKey(algorithm, random);
  };
  return {
    prepare(algorithm, count) {
      for (let made = 0; made < count; made += 1) prepared.push(generateSigningKey(algorithm, random));
    },
    make(purpose, algorithm, state) {
      const now = clock.now();
      const key = take(algorithm);
      return {
        kid: key.kid,
        purpose,
        algorithm,
        state,
        encryptedKey: box.seal(JSON.stringify(exportSigningKey(key)), sealPurpose(key.kid, purpose)),
        createdAt: now,
        activatedAt: state === 'current' ? now : null,
        retiredAt: null,
      };
    },
  };
}
