import assert from 'node:assert/strict';
import crypto, { createPublicKey, verify } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'node:test';
import { rotateSigningKey } from '../../packages/server/src/domain/key-rotation.ts';
import { prepareSigningKeys } from '../../packages/server/src/domain/signing-key.ts';
import { headerOf } from '../support/forged-token.ts';
import { queryStore } from '../support/store-rows.ts';
import {
  claimsOf,
  createTestStore,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
} from '../support/test-server.ts';

const username = 'jane@example.com';
const publicUrl = 'https://auth.example.com';

/** The members that a public key of each algorithm has beside kid, alg and use, and no others. */
const publicMembers = {
  EdDSA: ['crv', 'kty', 'x'],
  ES256: ['crv', 'kty', 'x', 'y'],
  RS256: ['e', 'kty', 'n'],
} as const;

type PublicAlgorithm = keyof typeof publicMembers;

async function startWith(algorithm: string, options: Parameters<typeof startTestServer>[0]): Promise<TestServer> {
  const env = { KEYWRIGHT_SIGNING_ALGORITHM: algorithm, KEYWRIGHT_PUBLIC_URL: publicUrl };
  return startTestServer({ ...options, env });
}

async function addJane(server: TestServer): Promise<{ auth_token: string; refresh_token: string }> {
  const { id } = await server.addOrganisation('Acme');
  await server.addUser({ username, organisationId: id });
  return server.signIn(username);
}

/** Verifies by node:crypto alone, as somebody else's library would. */
function isSignedBy(token: string, jwk: Record<string, string>): boolean {
  const [header, payload, signature = ''] = token.split('.');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const hash = jwk['alg'] === 'EdDSA' ? null : 'sha256';
  const how = jwk['alg'] === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : key;
  return verify(hash, Buffer.from(`${header}.${payload}`), how, Buffer.from(signature, 'base64url'));
}

async function readKeySet(server: TestServer): Promise<Record<string, string>[]> {
  const answer = await server.call('GET', '/.well-known/jwks.json');
  assert.equal(answer.status, 200);
  return answer.json.keys;
}

function requirePublicKeys(keys: readonly Record<string, string>[], algorithm: PublicAlgorithm): void {
  for (const { kid, alg, use, ...rest } of keys) {
    assert.match(kid ?? '', /^[\w-]{43}$/, 'the thumbprint (RFC 7638)');
    assert.deepEqual([alg, use], [algorithm, 'sig']);
    assert.deepEqual(Object.keys(rest).sort(), publicMembers[algorithm]);
  }
}

for (const kind of storeKinds) {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    test(`with ${algorithm} on ${kind}, auth tokens are at+jwt, verified by the published keys, which are public alone (security D 49, 55)`, async (t) => {
      const server = await startWith(algorithm, { store: kind });
      t.after(() => server.close());
      const { auth_token, refresh_token } = await addJane(server);
      const keys = await readKeySet(server);
      assert.equal(keys.length, 2, 'the current key, and the one to follow');
      requirePublicKeys(keys, algorithm);
      const header = headerOf(auth_token);
      assert.deepEqual(header, { alg: algorithm, typ: 'at+jwt', kid: header['kid'] });
      const key = keys.find(({ kid }) => kid === header['kid']);
      assert.ok(key !== undefined && isSignedBy(auth_token, key));
      assert.deepEqual(headerOf(refresh_token), { alg: 'HS256', typ: 'JWT' });
      const claims = claimsOf(auth_token);
      for (const name of ['iss', 'sub', 'aud', 'exp', 'iat', 'jti']) assert.ok(name in claims, name);
      assert.equal(claims['client_id'], claims['sub']);

      const { application_token, id } = await server.createToken(auth_token);
      const exchanged = (await server.authenticate({ application_token })).json.auth_token;
      assert.equal(claimsOf(exchanged)['client_id'], `application_token:${id}`);
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: exchanged })).status, 200);
      assert.equal((await server.authenticate({ refresh_token })).status, 200);
    });
  }

  test(`with HS256 on ${kind} no key is published (security D 55)`, async (t) => {
    const server = await startWith('HS256', { store: kind });
    t.after(() => server.close());
    await addJane(server);
    assert.deepEqual(await readKeySet(server), []);
  });

  test(`tokens from before the algorithm changed work on ${kind} until they expire, and new ones are of the new algorithm`, async (t) => {
    const store = await createTestStore(kind);
    t.after(() => store.remove());
    const before = await startWith('HS256', { store, role: 'server' });
    const { clock } = before;
    const old = await addJane(before).finally(() => before.close());

    const server = await startWith('ES256', { store, clock, role: 'server' });
    t.after(() => server.close());
    assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: old.auth_token })).status, 200);
    const refreshed = await server.authenticate({ refresh_token: old.refresh_token });
    assert.equal(headerOf(refreshed.json.auth_token)['alg'], 'ES256');
    assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: refreshed.json.auth_token })).status, 200);
    requirePublicKeys(await readKeySet(server), 'ES256');
    clock.advance({ minutes: 241 });
    const expired = await server.call('GET', '/api/v1/user/my', { bearer: old.auth_token });
    assert.deepEqual([expired.status, expired.json.error_code], [401, 1103]);
  });

  test(`a command whose settings name another algorithm leaves it as it is on ${kind}`, async (t) => {
    const store = await createTestStore(kind);
    t.after(() => store.remove());
    const server = await startWith('EdDSA', { store });
    t.after(() => server.close());
    const command = await startWith('HS256', { store, clock: server.clock, role: 'command' });
    await command.close();
    const { auth_token } = await addJane(server);
    await server.service.keys.reload();
    assert.equal(headerOf(auth_token)['alg'], 'EdDSA');
    assert.equal(headerOf((await server.signIn(username)).auth_token)['alg'], 'EdDSA');
  });
}

test('RSA keys, which take a while, are made while nobody waits for the lock on the keys', async (t) => {
  const server = await startWith('RS256', { role: 'server' });
  t.after(() => server.close());
  const { database } = server.service;
  const { transaction } = database;
  let open = 0;
  t.mock.method(database, 'transaction', (async (work) => {
    open += 1;
    return transaction(work).finally(() => {
      open -= 1;
    });
  }) satisfies typeof transaction);
  const openAt: number[] = [];
  const { generateKeyPairSync } = crypto;
  const generate = t.mock.method(crypto, 'generateKeyPairSync', (...given: Parameters<typeof generateKeyPairSync>) => {
    openAt.push(open);
    return generateKeyPairSync(...given);
  });
  syncBuiltinESMExports();
  t.after(() => {
    generate.mock.restore();
    syncBuiltinESMExports();
  });
  await rotateSigningKey(server.service, testActor, { force: true });
  await queryStore(server.store, "DELETE FROM signing_key WHERE purpose = 'auth'");
  await prepareSigningKeys(server.service, 'RS256', { mayChangeAlgorithm: true });
  assert.deepEqual(openAt, [0, 0, 0]);
});
