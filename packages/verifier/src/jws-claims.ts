import { VerifyError } from './verify-error.ts';

type Claims = Readonly<Record<string, unknown>>;

/**
 * Checks that a token is in its time (RFC 7519 §4.1.4–6): `exp` must be there.
 *
 * @param nowSeconds - seconds since the Unix epoch.
 * @param options - `skewSeconds`: by how much clocks may differ, 0 to 60.
 * @throws VerifyError `expired`, `not_yet_valid` or `malformed`; RangeError for a skew that is too large.
 */
export function checkTimes(payload: Claims, nowSeconds: number, options: { readonly skewSeconds: number }): void {
  const { skewSeconds } = options;
  if (!(skewSeconds >= 0 && skewSeconds <= 60)) throw new RangeError('The skew is 0 to 60 seconds');
  const exp = readTime(payload, 'exp');
  const nbf = readTime(payload, 'nbf');
  const iat = readTime(payload, 'iat');
  if (exp === undefined) throw new VerifyError('malformed', 'The token never expires');
  if (nowSeconds >= exp + skewSeconds) throw new VerifyError('expired', 'The token has expired');
  const latest = nowSeconds + skewSeconds;
  if ((nbf !== undefined && nbf > latest) || (iat !== undefined && iat > latest)) {
    throw new VerifyError('not_yet_valid', 'The token is not valid yet');
  }
}

/**
 * Checks that a token is for `audience`: its `aud` is that, or an array that holds it (RFC 7519 §4.1.3).
 *
 * @throws VerifyError `wrong_audience` or `malformed`.
 */
export function checkAudience(payload: Claims, audience: string): void {
  const { aud } = payload;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.every((one) => typeof one === 'string'))
    throw new VerifyError('malformed', 'aud is not made of texts');
  if (!audiences.includes(audience)) throw new VerifyError('wrong_audience', 'The token is for another audience');
}

/**
 * Checks that a token is from `issuer`, compared character by character (RFC 7519 §4.1.1, RFC 8725 §3.8).
 *
 * @throws VerifyError `wrong_issuer` or `malformed`.
 */
export function checkIssuer(payload: Claims, issuer: string): void {
  const { iss } = payload;
  if (typeof iss !== 'string') throw new VerifyError('malformed', 'iss is not a text');
  if (iss !== issuer) throw new VerifyError('wrong_issuer', 'The token is from another issuer');
}

function readTime(payload: Claims, name: 'exp' | 'nbf' | 'iat'): number | undefined {
  const time = payload[name];
  if (time === undefined) return undefined;
  if (typeof time !== 'number' || !Number.isFinite(time)) throw new VerifyError('malformed', `${name} is not a number`);
  return time;
}
