import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOf } from '../test/refusal-of.ts';
import {
  applicationClaims,
  audience,
  issuedAt,
  issuer,
  issueToken,
  jwkOf,
  secretKey,
  signatureOf,
  testKeys,
  userClaims,
} from '../test/sign-token.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/test-environment.ts';
import { RevocationList } from './revocation-list.ts';
import { createVerifier, type Verifier } from './verifier.ts';
import type { VerifierOptions } from './verifier-options.ts';

const secret = testKeys.HS256;

function build(options: Partial<VerifierOptions> = {}): { verifier: Verifier; environment: TestEnvironment } {
  const environment = createTestEnvironment();
  const keys = Object.values(testKeys).map(jwkOf);
  return {
    verifier: createVerifier({ issuer, audience, keys, allowSharedSecret: true, environment, ...options }),
    environment,
  };
}

test('tokens that differ in one claim are verified each to its own claims, from the cache too (CVE-2026-35039)', async () => {
  const { verifier } = build();
  const variants = [
    userClaims,
    { ...userClaims, sub: 'user:43' },
    { ...userClaims, ver: 4 },
    { ...userClaims, roles: ['Administrator'] },
    { ...userClaims, jti: `${userClaims.jti.slice(0, -1)}B` },
    { ...userClaims, exp: userClaims.exp + 1 },
    applicationClaims,
  ];
  for (let round = 0; round < 3; round += 1) {
    for (const claims of variants) assert.deepEqual(await verifier.verify(issueToken(secret, claims)), claims);
  }
});

test('a token that differs in one bit from one that is remembered is refused, wherever the bit is (CVE-2026-35039)', async () => {
  const { verifier } = build();
  for (const key of [secret, testKeys.EdDSA]) {
    const token = issueToken(key);
    await verifier.verify(token);
    const bytes = Buffer.from(token);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      await assert.rejects(verifier.verify(changed.toString('latin1')), { name: 'VerifyError' }, `bit ${bit}`);
    }
    assert.deepEqual(await verifier.verify(token), userClaims);
  }
});

test('a payload of one token with the signature of another is refused though both are remembered', async () => {
  const { verifier } = build();
  const [one, other] = [userClaims, applicationClaims].map((claims) => issueToken(secret, claims).split('.'));
  for (const parts of [one, other]) await verifier.verify(parts!.join('.'));
  assert.equal(await refusalOf(verifier.verify([one![0], one![1], other![2]].join('.'))), 'bad_signature');
});

test('a remembered token is refused from its expiry on (security D 58)', async () => {
  const { verifier, environment } = build({ clockToleranceSeconds: 0 });
  const token = issueToken(secret);
  await verifier.verify(token);
  environment.advance(14_399);
  assert.ok(await verifier.verify(token));
  environment.advance(1);
  assert.equal(await refusalOf(verifier.verify(token)), 'expired');
  assert.equal(await refusalOf(verifier.verify(token)), 'expired');
});

test('a remembered token is refused where the wall clock was put back to before it was issued', async () => {
  const { verifier, environment } = build();
  const token = issueToken(secret);
  await verifier.verify(token);
  environment.setWallClock((issuedAt - 61) * 1000);
  assert.equal(await refusalOf(verifier.verify(token)), 'not_yet_valid');
});

/** Revocations that a test makes itself. */
function ownRevocations() {
  const list = new RevocationList();
  let revision = 0;
  let lookedUp = 0;
  return {
    revoke(entry: Parameters<RevocationList['add']>[0]) {
      list.add(entry);
      revision += 1;
    },
    get lookedUp() {
      return lookedUp;
    },
    follower: {
      isRevoked(claims: Parameters<RevocationList['isRevoked']>[0]) {
        lookedUp += 1;
        return list.isRevoked(claims);
      },
      isTooStale: () => false,
      stalenessSeconds: () => 0,
      get revision() {
        return revision;
      },
      epoch: 0,
      size: 0,
      whenCurrent: () => Promise.resolve(),
      close: () => undefined,
    },
  };
}

const until = (issuedAt + 20_000) * 1000;

test('a remembered token is refused from the moment on in which its revocation is known (security D 58)', async () => {
  const revocations = ownRevocations();
  const { verifier } = build({ revocations: revocations.follower });
  const token = issueToken(secret);
  await verifier.verify(token);
  revocations.revoke({ kind: 'subject', of: 'user:1', below: 9, until });
  revocations.revoke({ kind: 'subject', of: userClaims.sub, below: userClaims.ver, until });
  assert.ok(await verifier.verify(token));
  revocations.revoke({ kind: 'subject', of: userClaims.sub, below: userClaims.ver + 1, until });
  assert.equal(await refusalOf(verifier.verify(token)), 'revoked');
  assert.equal(await refusalOf(verifier.verify(token)), 'revoked');
  const later = { ...userClaims, ver: userClaims.ver + 1 };
  assert.deepEqual(await verifier.verify(issueToken(secret, later)), later);
});

test('where too little is known of revocations every token is refused, remembered or not, and a revoked one as revoked', async () => {
  const revocations = ownRevocations();
  let isStale = false;
  const follower = { ...revocations.follower, isTooStale: () => isStale };
  const { verifier } = build({ revocations: follower });
  const token = issueToken(secret);
  await verifier.verify(token);
  isStale = true;
  assert.equal(await refusalOf(verifier.verify(token)), 'revocations_stale');
  assert.equal(await refusalOf(verifier.verify(issueToken(secret, applicationClaims))), 'revocations_stale');
  revocations.revoke({ kind: 'subject', of: 'user:43', below: 9, until });
  assert.equal(await refusalOf(verifier.verify(issueToken(secret, { ...userClaims, sub: 'user:43' }))), 'revoked');
  isStale = false;
  assert.ok(await verifier.verify(token));
});

test('a remembered token is looked up among the revocations once for each change of them', async () => {
  const revocations = ownRevocations();
  const { verifier } = build({ revocations: revocations.follower });
  const token = issueToken(secret);
  for (let round = 0; round < 5; round += 1) await verifier.verify(token);
  assert.equal(revocations.lookedUp, 1);
  revocations.revoke({ kind: 'session', of: 1, below: 1, until });
  for (let round = 0; round < 5; round += 1) await verifier.verify(token);
  assert.equal(revocations.lookedUp, 2);
});

test('a remembered token is refused where the address is another one', async () => {
  const { verifier } = build({ enforceAddress: true });
  const token = issueToken(secret, { ...applicationClaims, ip: ['192.0.2.0/24'] });
  assert.ok(await verifier.verify(token, { address: '192.0.2.1' }));
  assert.equal(await refusalOf(verifier.verify(token, { address: '198.51.100.1' })), 'address_not_allowed');
  assert.ok(await verifier.verify(token, { address: '192.0.2.1' }));
});

test('no caller can change the claims that others are given', async () => {
  const { verifier } = build();
  const token = issueToken(secret, { ...userClaims, extra: { deep: [{ deeper: true }] } });
  const claims = await verifier.verify(token);
  assert.throws(() => Object.assign(claims, { sub: 'user:1' }), TypeError);
  assert.throws(() => (claims.roles as string[]).push('Administrator'), TypeError);
  assert.throws(() => Object.assign(claims.org, { id: 1 }), TypeError);
  const { extra } = claims as unknown as { extra: { deep: { deeper: boolean }[] } };
  assert.throws(() => Object.assign(extra.deep[0]!, { deeper: false }), TypeError);
});

test('tokens that are refused are not remembered', async () => {
  const { verifier } = build();
  const forged = issueToken(secretKey(secret.kid, Buffer.alloc(32, 9)));
  for (let round = 0; round < 3; round += 1) assert.equal(await refusalOf(verifier.verify(forged)), 'bad_signature');
});

/** How much of the heap is in use after a collection. */
function usedHeap(): number {
  assert.ok(globalThis.gc, 'needs --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

test('the memory that forty thousand tokens take stays within what the cache may take', async (context) => {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  globalThis.gc ??= runInNewContext('gc');
  const maxBytes = 8_388_608;
  const { verifier } = build({ cache: { maxEntries: 1_000_000, maxBytes } });
  const start = JSON.stringify(userClaims).slice(0, -1);
  const header = issueToken(secret).split('.')[0];
  const verifyNew = async (index: number): Promise<void> => {
    const payload = Buffer.from(`${start},"n":${index}}`).toString('base64url');
    const input = `${header}.${payload}`;
    await verifier.verify(`${input}.${signatureOf(secret, input)}`);
  };
  for (let index = 0; index < 1000; index += 1) await verifyNew(index);
  const before = usedHeap();
  for (let index = 0; index < 40_000; index += 1) await verifyNew(index);
  const grown = usedHeap() - before;
  context.diagnostic(`grown by ${grown} bytes, of ${maxBytes} allowed`);
  assert.ok(grown < maxBytes, `grown by ${grown}`);
});
