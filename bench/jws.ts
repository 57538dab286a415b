/**
 * How fast tokens are signed and verified, against what `node:crypto` alone takes for the same bytes.
 *
 * Run: `node bench/jws.ts`. Everything runs in one process in short turns, round after round, so that a machine that
 * slows down slows everything down; the medians of the rounds' rates, and of their ratios, are printed.
 */

import { createHmac, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import type { SigningAlgorithm } from '@keywright/contract';
import { verifyJws } from '@keywright/verifier';
import { generateSigningKey } from '../packages/server/src/domain/jwk.ts';
import { createSigner } from '../packages/server/src/domain/jws.ts';
import { type SigningKey, toVerifyingKey } from '../packages/server/src/domain/jws-key.ts';

interface Subject {
  readonly name: string;
  readonly run: () => unknown;
  readonly rates: number[];
}

const rounds = 31;
const turnMs = 40;

const claims = {
  iss: 'https://auth.example.com',
  aud: 'https://auth.example.com/api',
  sub: 'application_token:7',
  iat: 1_700_000_000,
  exp: 1_700_014_400,
  jti: 'Yk3vXw0aT1qB7mZc9uLr2g',
  org: { id: 3, name: 'Example Ltd' },
  roles: ['Administrator'],
  ver: 4,
};

function subject(name: string, run: () => unknown): Subject {
  return { name, run, rates: [] };
}

/** Calls per second of one turn. */
function measure({ run }: Subject): number {
  const start = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  while (elapsedMs < turnMs) {
    const batchEnd = performance.now() + 5;
    while (performance.now() < batchEnd) {
      for (let i = 0; i < 20; i += 1) run();
      calls += 20;
    }
    elapsedMs = performance.now() - start;
  }
  return (calls * 1000) / elapsedMs;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function rawSignature(algorithm: SigningAlgorithm, key: KeyObject, input: string): string | Buffer {
  if (algorithm === 'HS256') return createHmac('sha256', key).update(input).digest('base64url');
  if (algorithm === 'ES256') return sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return sign(algorithm === 'EdDSA' ? null : 'sha256', Buffer.from(input), key);
}

function rawVerification(algorithm: SigningAlgorithm, key: KeyObject, input: string, signature: Buffer): unknown {
  if (algorithm === 'HS256') return createHmac('sha256', key).update(input).digest('base64url');
  if (algorithm === 'ES256') return verify('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }, signature);
  return verify(algorithm === 'EdDSA' ? null : 'sha256', Buffer.from(input), key, signature);
}

/** Ours and the bare cryptography, in this order: sign, raw sign, verify, raw verify. */
function subjectsOf(key: SigningKey): [Subject, Subject, Subject, Subject] {
  const { algorithm } = key;
  const shared = algorithm === 'HS256';
  const typ = shared ? 'JWT' : 'at+jwt';
  const signer = createSigner({ key, typ, withKid: !shared });
  const keys = [toVerifyingKey(key)];
  const token = signer.sign(claims);
  const input = token.slice(0, token.lastIndexOf('.'));
  const signature = Buffer.from(token.slice(input.length + 1), 'base64url');
  const verifying = shared ? key.key : createPublicKey(key.key);
  const json = JSON.stringify(claims);
  return [
    subject(`${algorithm} sign`, () => signer.sign(claims)),
    subject('node:crypto', () => rawSignature(algorithm, key.key, input)),
    subject(`${algorithm} verify`, () => verifyJws(token, keys, { typ })),
    subject('node:crypto and JSON.parse', () => [
      rawVerification(algorithm, verifying, input, signature),
      JSON.parse(json),
    ]),
  ];
}

function report(ours: Subject, raw: Subject): void {
  const ratio = median(ours.rates.map((rate, round) => rate / (raw.rates[round] ?? Number.NaN)));
  const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`.padStart(11);
  console.log(
    `${ours.name.padEnd(13)} ${perSecond(median(ours.rates))}   ${raw.name.padEnd(26)} ${perSecond(median(raw.rates))}   ratio ${ratio.toFixed(2)}`,
  );
}

const random = { bytes: (count: number): Uint8Array => randomBytes(count) };
for (const algorithm of ['HS256', 'EdDSA', 'ES256', 'RS256'] as const) {
  const [signing, rawSigning, verifying, rawVerifying] = subjectsOf(generateSigningKey(algorithm, random));
  const subjects = [signing, rawSigning, verifying, rawVerifying];
  for (const each of subjects) measure(each);
  for (let round = 0; round < rounds; round += 1) {
    for (const each of subjects) each.rates.push(measure(each));
  }
  report(signing, rawSigning);
  report(verifying, rawVerifying);
}
