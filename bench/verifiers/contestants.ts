import { createHmac, createSecretKey, timingSafeEqual, webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createVerifier, type RevocationFollower, type VerifierOptions } from '@keywright/verifier';
import { peersFolder } from '../servers/contestants.ts';
import { audience, type BenchTokens, issuer, secret } from './tokens.ts';

/** One way to verify tokens. */
export interface Contestant {
  readonly name: string;
  /** Verifies so many tokens; each comes as a new string, as from a socket. */
  verify(count: number): void | Promise<void>;
}

const key = createSecretKey(secret);
const toleranceSeconds = 30;

/** The least that verifying an HS256 token can cost: no check of anything that it says. */
export function rawContestant(tokens: BenchTokens): Contestant {
  return synchronous('node:crypto', tokens, (token) => {
    const first = token.indexOf('.');
    const second = token.lastIndexOf('.');
    const expected = createHmac('sha256', key).update(token.slice(0, second)).digest();
    const given = Buffer.from(token.slice(second + 1), 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(expected, given)) throw new Error('not genuine');
    return JSON.parse(Buffer.from(token.slice(first + 1, second), 'base64url').toString());
  });
}

/** Ours, with everything on that production has. */
export function keywrightContestant(
  name: string,
  tokens: BenchTokens,
  revocations: RevocationFollower,
  cache: NonNullable<VerifierOptions['cache']>,
): Contestant {
  const jwk = { kty: 'oct', k: secret.toString('base64url'), alg: 'HS256', kid: 'bench' };
  const verifier = createVerifier({
    issuer,
    audience,
    keys: [jwk],
    allowSharedSecret: true,
    revocations,
    clockToleranceSeconds: toleranceSeconds,
    cache,
  });
  return {
    name,
    async verify(count) {
      for (let index = 0; index < count; index += 1) await verifier.verify(tokens.next());
    },
  };
}

interface FastJwt {
  createVerifier(options: object): (token: string) => unknown;
}

/** fast-jwt, with the same checks as far as it has them. */
export function fastJwtContestant(name: string, tokens: BenchTokens, cache: number | false): Contestant {
  const fastJwt: FastJwt = createRequire(path.join(peersFolder, 'package.json'))('fast-jwt');
  const verify = fastJwt.createVerifier({
    key: secret,
    algorithms: ['HS256'],
    allowedIss: issuer,
    allowedAud: audience,
    checkTyp: 'JWT',
    requiredClaims: ['exp'],
    clockTolerance: toleranceSeconds * 1000,
    cache,
  });
  return synchronous(name, tokens, verify);
}

interface Jose {
  jwtVerify(token: string, key: unknown, options: object): Promise<unknown>;
}

/** jose, with the same checks as far as it has them, and the key in the form that it takes fastest. */
export async function joseContestant(tokens: BenchTokens): Promise<Contestant> {
  const { jwtVerify }: Jose = await import(createRequire(path.join(peersFolder, 'package.json')).resolve('jose'));
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const joseKey = await webcrypto.subtle.importKey('raw', secret, algorithm, false, ['verify']);
  const options = {
    issuer,
    audience,
    algorithms: ['HS256'],
    typ: 'JWT',
    requiredClaims: ['exp'],
    clockTolerance: toleranceSeconds,
  };
  return {
    name: 'jose',
    async verify(count) {
      for (let index = 0; index < count; index += 1) await jwtVerify(tokens.next(), joseKey, options);
    },
  };
}

function synchronous(name: string, tokens: BenchTokens, verify: (token: string) => unknown): Contestant {
  return {
    name,
    verify(count) {
      for (let index = 0; index < count; index += 1) verify(tokens.next());
    },
  };
}
