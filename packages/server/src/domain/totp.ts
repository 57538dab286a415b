import { generateURI, ScureBase32Plugin, verifySync } from 'otplib';
import type { Random } from './ports.ts';

/** Seconds that one code is shown for (RFC 6238 §5.2). */
const periodSeconds = 30;
const digits = 6;
/** 160 bits, as long as SHA-1's output (RFC 4226 §4, R6). */
const secretBytes = 20;

const base32 = new ScureBase32Plugin();

/** Makes a secret in Base32, as people type it into an authenticator app. */
export function createTotpSecret(random: Random): string {
  return base32.encode(random.bytes(secretBytes));
}

/** What a QR code has to hold, so that an authenticator app takes the secret. */
export function totpUri(secret: string, username: string): string {
  return generateURI({ issuer: 'Keywright', label: username, secret, digits, period: periodSeconds });
}

/**
 * Finds the step that a code belongs to: the present one, or one either side (RFC 6238 §5.2). Undefined where the code is
 * wrong, or of a step up to `lastStep`.
 *
 * @param secret in Base32
 * @param now milliseconds since the Unix epoch
 */
export function findTotpStep(secret: string, code: string, now: number, lastStep: number | null): number | undefined {
  if (!isTotpCode(code)) return undefined;
  // The clock went back: every step that could count is used, and otplib throws where none is left.
  const newestStep = Math.floor(now / 1000 / periodSeconds) + 1;
  if (lastStep !== null && lastStep >= newestStep) return undefined;
  const result = verifySync({
    secret: base32.decode(secret),
    token: code,
    epoch: Math.floor(now / 1000),
    period: periodSeconds,
    digits,
    epochTolerance: periodSeconds,
    ...(lastStep === null ? {} : { afterTimeStep: lastStep }),
  });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}

/** Whether a text has the form of such a code. */
export function isTotpCode(text: string): boolean {
  return /^\d{6}$/.test(text);
}
