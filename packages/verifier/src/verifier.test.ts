import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOf } from '../test/refusal-of.ts';
import {
  applicationClaims,
  audience,
  encodePart,
  headerOf,
  issuedAt,
  issuer,
  issueToken,
  jwkOf,
  secretKey,
  signToken,
  type TestKey,
  testKeys,
  userClaims,
} from '../test/sign-token.ts';
import { createTestEnvironment } from '../test/test-environment.ts';
import { signingAlgorithms } from './signing-algorithm.ts';
import { createVerifier, type Verifier } from './verifier.ts';
import type { VerifierOptions } from './verifier-options.ts';

const secret = testKeys.HS256;

function build(options: Partial<VerifierOptions> = {}): Verifier {
  return createVerifier({
    issuer,
    audience,
    keys: Object.values(testKeys).map(jwkOf),
    allowSharedSecret: true,
    environment: createTestEnvironment(),
    ...options,
  });
}

const bothWays = [{ cache: false }, {}] as const;

test('a token of each algorithm is verified to its claims, the first time and again', async () => {
  for (const algorithm of signingAlgorithms) {
    for (const options of bothWays) {
      const verifier = build(options);
      for (const claims of [userClaims, applicationClaims]) {
        const token = issueToken(testKeys[algorithm], claims);
        assert.deepEqual(await verifier.verify(token), claims);
        assert.deepEqual(await verifier.verify(token), claims);
      }
    }
  }
});

test('each of several live secrets verifies, and one that is not among them does not', async () => {
  const keys = [1, 2, 3].map((fill) => secretKey(`secret-${fill}`, Buffer.alloc(32, fill)));
  const verifier = build({ keys: keys.map(jwkOf) });
  for (const key of keys) assert.deepEqual(await verifier.verify(issueToken(key)), userClaims);
  assert.equal(await refusalOf(verifier.verify(issueToken(secret))), 'bad_signature');
});

test('a secret is only taken where that is said, and keys that are none are not taken', () => {
  const jwk = jwkOf(secret);
  const es256 = jwkOf(testKeys.ES256);
  assert.throws(() => build({ keys: [jwk], allowSharedSecret: false }), /allowSharedSecret/);
  assert.throws(() => createVerifier({ issuer, audience, keys: [jwk] }), /allowSharedSecret/);
  const { alg: _, ...withoutAlg } = es256;
  const { kid: __, ...withoutKid } = es256;
  const privateKey = { ...testKeys.ES256.privateKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'k' };
  const refused = [[], [withoutAlg], [withoutKid], [privateKey], [{ ...es256, alg: 'HS256' }], [es256, es256], [{}]];
  for (const keys of refused) assert.throws(() => build({ keys }), TypeError, JSON.stringify(keys));
  assert.throws(() => build({ keys: [{ ...jwk, k: 'c2hvcnQ' }] }), TypeError);
});

test('a key set’s address is https, or on loopback, or http where that is said', () => {
  for (const url of ['https://auth.example.com/jwks', 'http://127.0.0.1:1/', 'http://localhost/', 'http://[::1]/']) {
    assert.ok(build({ keys: url }));
    assert.ok(build({ keys: new URL(url) }));
  }
  for (const url of [
    'http://auth.example.com/jwks',
    'http://127.0.0.1.example.com/',
    'ftp://localhost/',
    'jwks.json',
    '',
  ]) {
    assert.throws(() => build({ keys: url }), TypeError, url);
  }
  assert.throws(() => build({ keys: 'https://user:password@auth.example.com/' }), TypeError);
  assert.throws(() => build({ keys: ['https://a.example/', 'https://b.example/'] }), TypeError);
  assert.ok(build({ keys: 'http://auth.example.com/jwks', allowInsecureHttp: true }));
});

test('options that can not be meant are refused', () => {
  const wrong: Partial<VerifierOptions>[] = [
    { issuer: '' },
    { audience: '' },
    { clockToleranceSeconds: 61 },
    { clockToleranceSeconds: -1 },
    { clockToleranceSeconds: Number.NaN },
    { cache: { maxEntries: 0 } },
    { cache: { maxBytes: Number.NaN } },
    { keys: 'https://auth.example.com/jwks', keyCoolDownSeconds: 0 },
    { keys: 'https://auth.example.com/jwks', maxKeyStalenessSeconds: -1 },
  ];
  for (const options of wrong) assert.throws(() => build(options), JSON.stringify(options));
});

test('another issuer, and another audience, alone or in an array, are refused (security D 47)', async () => {
  for (const options of bothWays) {
    const verifier = build(options);
    for (const iss of [`${issuer}/`, 'https://auth.example.com.evil.example', 'HTTPS://auth.example.com', '']) {
      assert.equal(await refusalOf(verifier.verify(issueToken(secret, { ...userClaims, iss }))), 'wrong_issuer');
    }
    for (const aud of [`${issuer}/api/v1/authenticate`, [issuer], [], `${audience}/`]) {
      assert.equal(await refusalOf(verifier.verify(issueToken(secret, { ...userClaims, aud }))), 'wrong_audience');
    }
    for (const [name, value] of [
      ['iss', undefined],
      ['iss', [issuer]],
      ['aud', undefined],
      ['aud', [audience, 7]],
    ] as const) {
      const token = issueToken(secret, { ...userClaims, [name]: value });
      assert.equal(await refusalOf(verifier.verify(token)), 'malformed');
    }
    const several = { ...userClaims, aud: ['https://other.example', audience] };
    assert.deepEqual(await verifier.verify(issueToken(secret, several)), several);
  }
});

test('exp has to be there and to come, nbf to have come, and clocks may differ by the tolerance (security D 46)', async () => {
  const verify = (claims: object, clockToleranceSeconds = 0) =>
    build({ clockToleranceSeconds }).verify(issueToken(secret, { ...userClaims, ...claims }));
  assert.equal(await refusalOf(verify({ exp: undefined })), 'malformed');
  for (const value of ['1900000000', null, [issuedAt + 1]]) {
    for (const name of ['exp', 'nbf', 'iat']) assert.equal(await refusalOf(verify({ [name]: value })), 'malformed');
  }
  assert.equal(await refusalOf(verify({ exp: issuedAt })), 'expired');
  assert.equal((await verify({ exp: issuedAt + 1 })).exp, issuedAt + 1);
  assert.equal(await refusalOf(verify({ nbf: issuedAt + 1 })), 'not_yet_valid');
  assert.equal(await refusalOf(verify({ iat: issuedAt + 1 })), 'not_yet_valid');
  assert.ok(await verify({ exp: issuedAt - 59, nbf: issuedAt + 60, iat: issuedAt + 60 }, 60));
  assert.equal(await refusalOf(verify({ exp: issuedAt - 60 }, 60)), 'expired');
  assert.equal(await refusalOf(verify({ nbf: issuedAt + 61 }, 60)), 'not_yet_valid');
});

test('by default clocks may differ by 30 seconds', async () => {
  const verifier = build();
  assert.ok(await verifier.verify(issueToken(secret, { ...userClaims, exp: issuedAt - 29 })));
  assert.equal(await refusalOf(verifier.verify(issueToken(secret, { ...userClaims, exp: issuedAt - 30 }))), 'expired');
});

test('a token of another type is refused: a public key’s has to be at+jwt, a secret’s JWT (security D 48)', async () => {
  const verifier = build();
  const typed = (key: TestKey, typ: string | undefined) =>
    verifier.verify(signToken(key, { ...headerOf(key), typ }, userClaims));
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    assert.ok(await typed(testKeys[algorithm], 'application/at+JWT'));
    for (const typ of ['JWT', 'refresh+jwt', undefined]) {
      assert.equal(await refusalOf(typed(testKeys[algorithm], typ)), 'wrong_type');
    }
  }
  assert.ok(await typed(secret, 'jwt'));
  for (const typ of ['at+jwt', 'JWS', undefined]) assert.equal(await refusalOf(typed(secret, typ)), 'wrong_type');
});

test('refresh, mfa and application tokens are no auth tokens, even of the same key and audience (security D 48)', async () => {
  const verifier = build();
  for (const use of ['refresh', 'mfa']) {
    assert.equal(await refusalOf(verifier.verify(issueToken(secret, { ...userClaims, use }))), 'wrong_type');
    const aud = `${issuer}/api/v1/authenticate`;
    assert.equal(await refusalOf(verifier.verify(issueToken(secret, { ...userClaims, aud, use }))), 'wrong_audience');
  }
  assert.equal(await refusalOf(verifier.verify(`kwt_${'a'.repeat(49)}`)), 'malformed');
});

test('alg none, another case, and none at all are refused (security D 42)', async () => {
  const verifier = build();
  for (const alg of ['none', 'None', 'hs256', 'HS512', '']) {
    const unsigned = `${encodePart({ alg, typ: 'JWT' })}.${encodePart(userClaims)}`;
    assert.equal(await refusalOf(verifier.verify(`${unsigned}.`)), 'malformed');
    assert.equal(await refusalOf(verifier.verify(`${unsigned}.AA`)), 'unsupported_algorithm');
    const token = signToken(secret, { alg, typ: 'JWT' }, userClaims);
    assert.equal(await refusalOf(verifier.verify(token)), 'unsupported_algorithm');
  }
  assert.equal(await refusalOf(verifier.verify(signToken(secret, { typ: 'JWT' }, userClaims))), 'malformed');
});

test('an HS256 token under the bytes of a public key is refused, by a verifier of that key too (security D 43)', async () => {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    const { kid, verifying } = testKeys[algorithm];
    for (const form of ['pem', 'der'] as const) {
      const confused = secretKey(
        kid,
        verifying.key.export({ format: form, type: 'spki' } as { format: 'der'; type: 'spki' }),
      );
      for (const withKid of [true, false]) {
        const token = signToken(confused, headerOf(confused, { withKid }), userClaims);
        assert.equal(await refusalOf(build({ keys: [jwkOf(testKeys[algorithm])] }).verify(token)), 'unknown_key');
        assert.equal(await refusalOf(build().verify(token)), withKid ? 'unknown_key' : 'bad_signature');
      }
    }
  }
});

test('jku, x5u, jwk and x5c are ignored, and nothing is fetched (security D 44)', async () => {
  const fetched: string[] = [];
  const environment = createTestEnvironment({
    fetch: (url) => {
      fetched.push(url);
      return Promise.reject(new Error('fetched'));
    },
  });
  const verifier = build({ environment });
  const forger = secretKey(secret.kid, Buffer.alloc(32, 9));
  const extras = { jku: 'http://127.0.0.1:1/', x5u: 'http://127.0.0.1:1/', jwk: jwkOf(forger), x5c: ['MIIB'] };
  for (const [name, value] of Object.entries(extras)) {
    const header = { ...headerOf(secret), [name]: value };
    assert.deepEqual(await verifier.verify(signToken(secret, header, userClaims)), userClaims, name);
    assert.equal(await refusalOf(verifier.verify(signToken(forger, header, userClaims))), 'bad_signature', name);
  }
  assert.deepEqual(fetched, []);
});

test('crit, known or not, is refused though the signature is genuine (security D 45)', async () => {
  const verifier = build();
  for (const crit of [['x'], ['b64'], [], 'x', null]) {
    const token = signToken(secret, { ...headerOf(secret), crit, x: 1 }, userClaims);
    assert.equal(await refusalOf(verifier.verify(token)), 'critical_header');
  }
});

test('a kid that is a path, SQL or a prototype’s member finds no key (security D 50)', async () => {
  const verifier = build();
  for (const kid of ['../../dev/null', "x' OR '1'='1", '__proto__', 'constructor', 'kid-HS256\0', '']) {
    const token = signToken(secret, { ...headerOf(secret), kid }, userClaims);
    assert.equal(await refusalOf(verifier.verify(token)), 'unknown_key', kid);
  }
});

test('five parts, 90 000 dots and what is no text are refused, by the promise', async () => {
  for (const options of bothWays) {
    const verifier = build(options);
    const jwe = `${encodePart({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })}.a.a.a.a`;
    for (const token of [jwe, '.'.repeat(90_000), 'a.'.repeat(45_000), '', 'x'.repeat(1_000_000)]) {
      assert.equal(await refusalOf(verifier.verify(token)), 'malformed');
    }
    for (const token of [undefined, null, 7, {}, ['a.b.c'], Buffer.from(issueToken(secret))]) {
      assert.equal(await refusalOf(verifier.verify(token as string)), 'malformed');
    }
  }
});

test('an ES256 signature of zeros is refused (security D 52)', async () => {
  const token = issueToken(testKeys.ES256);
  const forged = `${token.slice(0, token.lastIndexOf('.'))}.${Buffer.alloc(64).toString('base64url')}`;
  assert.equal(await refusalOf(build().verify(forged)), 'bad_signature');
});

test('duplicate claims are refused though the signature is genuine (security D 54)', async () => {
  const json = JSON.stringify(userClaims);
  for (const duplicate of ['"sub":"user:1"', '"s\\u0075b":"user:42"', '"org":{"id":7,"id":8,"name":""}']) {
    const token = signToken(secret, headerOf(secret, { withKid: false }), `${json.slice(0, -1)},${duplicate}}`);
    assert.equal(await refusalOf(build().verify(token)), 'malformed', duplicate);
  }
});

test('a token whose claims are not an auth token’s is refused', async () => {
  const { ver: _, ...withoutVersion } = userClaims;
  assert.equal(await refusalOf(build().verify(issueToken(secret, withoutVersion))), 'malformed');
});
