import { createHmac } from 'node:crypto';

export const issuer = 'https://auth.example.com';
export const audience = 'https://api.example.com';
export const secret = Buffer.alloc(32, 7);

/** Tokens that come as from a socket: each time as a string that was not there before. */
export interface BenchTokens {
  next(): string;
}

const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
const issuedAt = Math.floor(Date.now() / 1000);

/** The auth token of a user's, as the service writes it; each number has another. */
export function makeToken(number: number): string {
  const claims = {
    iss: issuer,
    aud: audience,
    sub: `user:${number}`,
    iat: issuedAt,
    exp: issuedAt + 14_400,
    jti: `AAAAAAAAAAAA${String(number).padStart(10, '0')}`,
    org: { id: 7, name: 'Example Ltd' },
    roles: ['Administrator', 'User'],
    ver: 3,
    sid: number,
    amr: ['pwd', 'otp'],
  };
  const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** So many different tokens, one after the other, again and again. */
export function makeTokens(count: number): BenchTokens {
  const received = Array.from({ length: count }, (_, index) => Buffer.from(makeToken(index + 1)));
  let index = 0;
  return {
    next() {
      index = index + 1 === count ? 0 : index + 1;
      return received[index]?.toString('latin1') ?? '';
    },
  };
}
