import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { createVerifier, followRevocations } from '@keywright/verifier';
import { createKeyRing } from '../../packages/server/src/domain/key-ring.ts';
import {
  removeCompromisedKey,
  rotateSigningKey,
  rotateSigningKeyWhenDue,
} from '../../packages/server/src/domain/key-rotation.ts';
import { exportSecrets, listSigningKeys, prepareSigningKeys } from '../../packages/server/src/domain/signing-key.ts';
import { queryStore } from '../support/store-rows.ts';
import { createTestStore, startTestServer, storeKinds, type TestServer, testActor } from '../support/test-server.ts';
import { startTwoServers } from '../support/two-servers.ts';
import { waitUntil } from '../support/wait-until.ts';

const username = 'jane@example.com';
const env = { KEYWRIGHT_SIGNING_ALGORITHM: 'EdDSA' };

async function start(context: TestContext, options: Parameters<typeof startTestServer>[0]): Promise<TestServer> {
  const server = await startTestServer(options);
  context.after(() => server.close());
  const { id } = await server.addOrganisation('Acme');
  await server.addUser({ username, organisationId: id });
  return server;
}

async function publishedKids(server: TestServer): Promise<string[]> {
  const { json } = await server.call('GET', '/.well-known/jwks.json');
  return json.keys.map(({ kid }: { kid: string }) => kid);
}

const getMe = (server: TestServer, bearer: string) => server.call('GET', '/api/v1/user/my', { bearer });

const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

/** What became of the keys of auth tokens, in the order in which it happened. */
async function keyEvents(server: TestServer): Promise<string[]> {
  const rows = await queryStore(
    server.store,
    'SELECT description FROM event WHERE type BETWEEN 1040 AND 1043 ORDER BY id',
  );
  return rows.map((row) => String(row['description']));
}

for (const store of storeKinds) {
  test(`a compromised key is out at once: its tokens are refused, it leaves the JWKS, and sessions go on, on ${store}`, async (context) => {
    const server = await start(context, { store, env });
    const { auth_token: before, refresh_token } = await server.signIn(username);
    const verifier = createVerifier({
      issuer: server.url,
      audience: server.url,
      keys: `${server.url}/.well-known/jwks.json`,
      environment: server.clock,
    });
    const { application_token } = await server.createToken(before);
    const exchanged = (await server.authenticate({ application_token })).json.auth_token;
    const revocations = followRevocations({
      url: `${server.url}/api/v1/revocation`,
      authToken: () => exchanged,
      maxStalenessSeconds: 60,
      whenStale: 'accept',
    });
    context.after(() => revocations.close());
    const following = createVerifier({
      issuer: server.url,
      audience: server.url,
      keys: `${server.url}/.well-known/jwks.json`,
      environment: server.clock,
      revocations,
    });
    await revocations.whenCurrent();
    assert.ok(await following.verify(before));
    assert.ok(await verifier.verify(before));
    await removeCompromisedKey(server.service, testActor, undefined);
    assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: before })).status, 401);
    assert.ok(!(await publishedKids(server)).includes(kidOf(before)));
    await server.service.revocations.check();
    await waitUntil('the feed told of it', 10, () => revocations.epoch > 0);
    await assert.rejects(following.verify(before), /unknown_key|revoked|key/i);
    server.clock.advance({ seconds: 2 });
    const { json } = await server.authenticate({ refresh_token });
    assert.notEqual(kidOf(json.auth_token), kidOf(before));
    assert.ok(await following.verify(json.auth_token));
    assert.equal((await server.authenticate({ application_token })).status, 200);
  });

  test(`what a stolen key signs after it was found out is refused by who follows the revocations, on ${store}`, async (context) => {
    const server = await start(context, { store, env });
    const { auth_token: before } = await server.signIn(username);
    const stolen = server.service.keys;
    const claims = JSON.parse(Buffer.from(before.split('.')[1] ?? '', 'base64url').toString());
    const forged = stolen.signAuthToken({ ...claims, iat: claims.iat + 60, exp: claims.exp + 60, ver: 1_000_000 });
    await removeCompromisedKey(server.service, testActor, undefined);
    server.clock.advance({ seconds: 61 });
    assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: forged })).status, 401);
    const verifier = createVerifier({
      issuer: server.url,
      audience: server.url,
      keys: `${server.url}/.well-known/jwks.json`,
      environment: server.clock,
    });
    await assert.rejects(verifier.verify(forged), { code: 'unknown_key' });
  });

  test(`keys rotate by themselves once the current one has signed for so many days, and not before, on ${store}`, async (context) => {
    const server = await start(context, { store, env });
    const { auth_token: before } = await server.signIn(username);
    server.clock.advance({ days: 29 });
    assert.equal(await rotateSigningKeyWhenDue(server.service, 30), false);
    const next = (await listSigningKeys(server.service)).find((key) => key.purpose === 'auth' && key.state === 'next');
    server.clock.advance({ days: 1 });
    assert.equal(await rotateSigningKeyWhenDue(server.service, 30), true);
    const { auth_token: after } = await server.signIn(username);
    assert.equal(kidOf(after), next?.kid);
    assert.equal(await rotateSigningKeyWhenDue(server.service, 30), false);
    const published = await publishedKids(server);
    assert.ok(published.includes(kidOf(before)) && published.includes(kidOf(after)) && published.length === 3);
  });

  test(`what becomes of keys is told by events: the first ones, another algorithm, and the end, on ${store}`, async (context) => {
    const kept = await createTestStore(store);
    context.after(() => kept.remove());
    const first = await startTestServer({ store: kept });
    assert.deepEqual(
      (await keyEvents(first)).map((text) => text.split(':')[0]),
      ['Now signing', 'Next to sign', 'Now signing', 'Next to sign'],
    );
    await first.close();
    const second = await startTestServer({ store: kept, env, clock: first.clock, role: 'server' });
    context.after(() => second.close());
    assert.deepEqual(
      (await keyEvents(second)).slice(4).map((text) => text.split(':')[0]),
      ['Removed', 'Retired', 'Now signing', 'Next to sign'],
    );
    second.clock.advance({ days: 2 });
    await prepareSigningKeys(second.service, 'EdDSA', { mayChangeAlgorithm: false });
    assert.match((await keyEvents(second)).at(-1) ?? '', /^Removed: key /);
    const auth = (await listSigningKeys(second.service)).filter(({ purpose }) => purpose === 'auth');
    assert.deepEqual(auth.map(({ state }) => state).sort(), ['current', 'next']);
  });
}

test('two instances that find a rotation due at the same time rotate once', async (context) => {
  const [one, other] = await startTwoServers(context, env);
  one.clock.advance({ days: 31 });
  const done = await Promise.all([
    rotateSigningKeyWhenDue(one.service, 30),
    rotateSigningKeyWhenDue(other.service, 30),
    rotateSigningKeyWhenDue(one.service, 30),
  ]);
  assert.equal(done.filter(Boolean).length, 1);
  const auth = (await listSigningKeys(one.service)).filter(({ purpose }) => purpose === 'auth');
  assert.deepEqual(auth.map(({ state }) => state).sort(), ['current', 'next', 'retired']);
});

test('a compromised key that no longer signs, or does not yet, is out as well; one that is unknown is none', async (context) => {
  const server = await start(context, { env });
  const { auth_token } = await server.signIn(username);
  await rotateSigningKey(server.service, testActor, { force: true });
  await removeCompromisedKey(server.service, testActor, kidOf(auth_token));
  assert.ok(!(await publishedKids(server)).includes(kidOf(auth_token)));
  const next = (await listSigningKeys(server.service)).find((key) => key.purpose === 'auth' && key.state === 'next');
  await removeCompromisedKey(server.service, testActor, next?.kid);
  const published = await publishedKids(server);
  assert.ok(next !== undefined && !published.includes(next.kid) && published.length === 2);
  await assert.rejects(removeCompromisedKey(server.service, testActor, 'nothing'), { token: 'NotFound' });
});

test('a compromised HS256 secret takes those with it that were exported beside it', async (context) => {
  const server = await start(context, {});
  await server.signIn(username);
  await rotateSigningKey(server.service, testActor, { force: true });
  const exported = await exportSecrets(server.service, testActor);
  const { auth_token } = await server.signIn(username);
  const [header = '', payload = ''] = auth_token.split('.');
  const forge = ({ jwk }: { jwk: { k?: string } }): string => {
    const input = `${header}.${payload}`;
    return `${input}.${createHmac('sha256', Buffer.from(jwk.k ?? '', 'base64url'))
      .update(input)
      .digest('base64url')}`;
  };
  assert.deepEqual(exported.map(({ state }) => state).sort(), ['current', 'next', 'retired']);
  for (const each of exported) assert.equal((await getMe(server, forge(each))).status, 200);
  await removeCompromisedKey(server.service, testActor, undefined);
  for (const each of exported) assert.equal((await getMe(server, forge(each))).status, 401);
  const auth = (await listSigningKeys(server.service)).filter(({ purpose }) => purpose === 'auth');
  assert.deepEqual(auth.map(({ state }) => state).sort(), ['current', 'next']);
  assert.equal((await getMe(server, (await server.signIn(username)).auth_token)).status, 200);
});

test('keys that are read again and again, as whoever asks for the key set makes them be, are decrypted once each', async (context) => {
  const server = await start(context, { env });
  const { box } = server.service;
  let opened = 0;
  const open: typeof box.open = (...sealed) => {
    opened += 1;
    return box.open(...sealed);
  };
  const ring = await createKeyRing({ ...server.service, store: server.service.database, box: { ...box, open } });
  const all = opened;
  for (let count = 0; count < 3; count++) await ring.reload();
  assert.equal(opened, all);
  await rotateSigningKey(server.service, testActor, { force: true });
  await ring.reload();
  assert.equal(opened, all + 1);
  assert.equal(ring.jwks().keys.length, 3);
});

test('a key that was decrypted before is refused in the place of another', async (context) => {
  const server = await start(context, {});
  const { box, database } = server.service;
  let isSwapped = false;
  const listKeys: typeof database.listKeys = async () => {
    const keys = await database.listKeys();
    const shared = keys.find(({ purpose, state }) => purpose === 'auth' && state === 'current');
    assert.ok(shared);
    const { encryptedKey } = shared;
    return keys.map((key) => (isSwapped && key.purpose === 'internal' ? { ...key, encryptedKey } : key));
  };
  const ring = await createKeyRing({ ...server.service, box, store: { ...database, listKeys } });
  isSwapped = true;
  await assert.rejects(ring.reload(), /authenticate data/);
});

test('keys that are being read when one is taken out are read once more', async (context) => {
  const server = await start(context, { env });
  const { database } = server.service;
  let gate = Promise.resolve();
  const listKeys: typeof database.listKeys = async () => {
    const keys = await database.listKeys();
    await gate;
    return keys;
  };
  const ring = await createKeyRing({ ...server.service, store: { ...database, listKeys } });
  const before = JSON.stringify(ring.jwks());
  const { promise, resolve } = Promise.withResolvers<void>();
  gate = promise;
  const early = ring.reload();
  await removeCompromisedKey(server.service, testActor, undefined);
  const late = ring.reload();
  resolve();
  await Promise.all([early, late]);
  assert.notEqual(JSON.stringify(ring.jwks()), before);
});
