import { createHmac, createPrivateKey, type KeyLike, type KeyObject, sign } from 'node:crypto';
import { sealPurpose } from '../../packages/server/src/domain/key-purpose.ts';
import type { TestServer } from './test-server.ts';

/** Signs what stands before the signature; answers the signature in Base64url. */
export type ForgedSignature = (input: string) => string;

/** A part of a token: an object as JSON, a text as it is. */
function encodePart(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** Puts a token together by code of its own, so that whatever the product would not sign can be tried. */
export function forgeToken(header: object | string, claims: object | string, signature: ForgedSignature): string {
  const input = `${encodePart(header)}.${encodePart(claims)}`;
  return `${input}.${signature(input)}`;
}

/** An HMAC under any key, of any of the HS algorithms. */
export function hmac(key: KeyLike | Buffer, hash: 'sha256' | 'sha384' | 'sha512' = 'sha256'): ForgedSignature {
  return (input) => createHmac(hash, key).update(input).digest('base64url');
}

const asymmetric: Readonly<Record<string, (key: KeyObject) => ForgedSignature>> = {
  EdDSA: (key) => (input) => sign(null, Buffer.from(input), key).toString('base64url'),
  ES256: (key) => (input) =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
  RS256: (key) => (input) => sign('sha256', Buffer.from(input), key).toString('base64url'),
};

/** The key that a server signs with now, as somebody who had broken in would use it. */
export async function stealSigningKey(
  server: TestServer,
  purpose: 'auth' | 'internal' = 'auth',
): Promise<{ readonly kid: string; readonly algorithm: string; readonly signature: ForgedSignature }> {
  const { database, box } = server.service;
  const row = (await database.listKeys()).find((key) => key.purpose === purpose && key.state === 'current');
  if (row === undefined) throw new Error(`there is no current ${purpose} key`);
  const jwk = JSON.parse(box.open(row.encryptedKey, sealPurpose(row.kid, row.purpose)));
  const signature =
    row.algorithm === 'HS256'
      ? hmac(Buffer.from(jwk.k, 'base64url'))
      : asymmetric[row.algorithm]?.(createPrivateKey({ key: jwk, format: 'jwk' }));
  if (signature === undefined) throw new Error(`nothing signs with ${row.algorithm}`);
  return { kid: row.kid, algorithm: row.algorithm, signature };
}

/** A token's header, unverified. */
export function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
}
