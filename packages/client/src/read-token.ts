/**
 * Reads the claims of a token without verifying it: what the client needs to know of its own tokens. Whoever receives one from
 * others verifies it instead, with `@keywright/verifier`.
 *
 * @returns undefined where the text is no JWT
 */
export function readClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload = ''] = token.split('.', 3);
  try {
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const octets = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(octets));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** How long a token lives from when it was issued, in seconds; undefined where it doesn't say. */
export function readLifeSeconds(token: string): number | undefined {
  const { iat, exp } = readClaims(token) ?? {};
  return typeof iat === 'number' && typeof exp === 'number' && exp > iat ? exp - iat : undefined;
}

/** What may stand in a header as a bearer token (RFC 6750 §2.1). */
export function isBearer(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9\-._~+/]+=*$/.test(value);
}
