import type { MfaKey } from './second-factor-port.ts';
import type { Service } from './service.ts';

/** What a secret's encryption is bound to: nobody can put one user's in another's place. */
function sealPurpose(userId: number): string {
  return `totp secret ${userId}`;
}

/** Encrypts a TOTP secret, as it rests. */
export function sealTotpSecret(service: Service, userId: number, secret: string): string {
  return service.box.seal(secret, sealPurpose(userId));
}

/** A TOTP key's secret in Base32. */
export function openTotpSecret(service: Service, key: MfaKey): string {
  if (key.sealedSecret === null) throw new Error(`the second factor ${key.id} has no secret`);
  return service.box.open(key.sealedSecret, sealPurpose(key.userId));
}
