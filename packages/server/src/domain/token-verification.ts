import { checkAudience, checkIssuer, checkTimes, VerifyError } from '@keywright/verifier';
import { Refusal } from './errors.ts';
import type { Service } from './service.ts';

/** How far the clocks of two instances may differ, in seconds. */
const clockSkewSeconds = 60;

/** The only audience of refresh and MFA tokens: no resource server is ever it. */
export function authenticateAudience(service: Service): string {
  return `${service.settings.publicUrl()}/api/v1/authenticate`;
}

/** What a token has to be. */
interface Expected {
  /** What it is called where it is refused, in logs and events. */
  readonly name: string;
  readonly audience: string;
  /** The store says when the token's time is over, so clocks may differ on that too. */
  readonly endsInStore?: true;
}

/**
 * Checks the issuer, audience and times of a token whose signature is being verified.
 *
 * @returns its claims
 * @throws Refusal InvalidToken, or TokenExpired for a genuine one past its time
 */
export async function verifyClaims(
  service: Service,
  verifying: Promise<{ readonly payload: Record<string, unknown> }>,
  { name, audience, endsInStore }: Expected,
): Promise<Record<string, unknown>> {
  try {
    const { payload } = await verifying;
    checkIssuer(payload, service.settings.publicUrl());
    checkAudience(payload, audience);
    const nowSeconds = Math.floor(service.clock.now() / 1000);
    checkTimes(payload, nowSeconds, { skewSeconds: clockSkewSeconds });
    // Instances may differ on when a token was made; when it ends, each keeps to the second.
    if (endsInStore !== true) checkTimes({ exp: payload['exp'] }, nowSeconds, { skewSeconds: 0 });
    return payload;
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error;
    throw new Refusal(error.code === 'expired' ? 'TokenExpired' : 'InvalidToken', {
      reason: `${name} ${error.code}`,
      cause: error,
    });
  }
}

/**
 * Verifies a token that the service wrote for itself alone.
 *
 * @param expected `use`: what such tokens are for, so that none of one kind is taken for another
 * @returns its claims
 * @throws Refusal InvalidToken, or TokenExpired for a genuine one past its time
 */
export async function verifyInternalToken(
  service: Service,
  token: string,
  expected: Expected & { readonly use: 'refresh' | 'mfa' | 'activation' },
): Promise<Record<string, unknown>> {
  const payload = await verifyClaims(service, service.keys.verifyInternalToken(token), expected);
  if (payload['use'] !== expected.use) throw new Refusal('InvalidToken', { reason: `no ${expected.name}` });
  return payload;
}
