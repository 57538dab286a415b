import assert from 'node:assert/strict';
import { VerifyError, type VerifyErrorCode } from '../src/verify-error.ts';

/** The code that a verification is refused with; fails where it is not refused, or with another error. */
export async function refusalOf(verifying: Promise<unknown>): Promise<VerifyErrorCode> {
  const claims = await verifying.catch((error: unknown) => error);
  assert.ok(claims instanceof VerifyError, `not a refusal: ${claims}`);
  return claims.code;
}
