import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { AuthTokenClaims as ContractClaims } from '@keywright/contract';
import { type AuthTokenClaims, createVerifier, type Verifier, type VerifierOptions } from '@keywright/verifier';
import { rotateSigningKey } from '../../packages/server/src/domain/key-rotation.ts';
import { exportSecrets } from '../../packages/server/src/domain/signing-key.ts';
import {
  behindProxy,
  claimsOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
} from '../support/test-server.ts';

const username = 'jane@example.com';

/** What the service writes is what the verifier says it answers: the compiler knows. */
const asAnswered: (claims: ContractClaims) => AuthTokenClaims = (claims) => claims;

interface Scene {
  readonly server: TestServer;
  readonly authToken: string;
}

async function start(context: TestContext, options: Parameters<typeof startTestServer>[0]): Promise<Scene> {
  const server = await startTestServer(options);
  context.after(() => server.close());
  const { id } = await server.addOrganisation('Acme');
  await server.addUser({ username, organisationId: id });
  return { server, authToken: (await server.signIn(username)).auth_token };
}

/** A verifier of a server's tokens, which goes by the server's clock. */
function verifierOf({ url, clock }: TestServer, options: Partial<VerifierOptions> = {}): Verifier {
  return createVerifier({
    issuer: url,
    audience: url,
    keys: `${url}/.well-known/jwks.json`,
    environment: clock,
    ...options,
  });
}

async function secretsOf({ service }: TestServer): Promise<Record<string, unknown>[]> {
  return (await exportSecrets(service, testActor)).map(({ jwk }) => ({ ...jwk }));
}

for (const store of storeKinds) {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256']) {
    test(`a resource server verifies ${algorithm} tokens of users and application tokens by the published keys, on ${store}`, async (context) => {
      const { server, authToken } = await start(context, { store, env: { KEYWRIGHT_SIGNING_ALGORITHM: algorithm } });
      const verifier = verifierOf(server);
      const user = await verifier.verify(authToken);
      assert.deepEqual(user, asAnswered(claimsOf(authToken) as unknown as ContractClaims));
      assert.deepEqual([user.org.name, user.roles, user.amr], ['Acme', ['Administrator'], ['pwd']]);
      const { application_token, id } = await server.createToken(authToken);
      const { auth_token } = (await server.authenticate({ application_token })).json;
      assert.equal((await verifier.verify(auth_token)).sub, `application_token:${id}`);
    });
  }

  test(`an application token’s restriction outlives its exchange at a resource server that enforces addresses, on ${store}`, async (context) => {
    const env = { ...behindProxy, KEYWRIGHT_SIGNING_ALGORITHM: 'ES256' };
    const { server, authToken } = await start(context, { store, env });
    const { application_token } = await server.createToken(authToken, { ip: '192.0.2.0/24' });
    const { auth_token } = (await server.authenticate({ application_token }, { from: '192.0.2.7' })).json;
    const enforcing = verifierOf(server, { enforceAddress: true });
    assert.deepEqual((await enforcing.verify(auth_token, { address: '::ffff:192.0.2.9' })).ip, ['192.0.2.0/24']);
    await assert.rejects(enforcing.verify(auth_token, { address: '198.51.100.9' }), { code: 'address_not_allowed' });
    assert.ok(await verifierOf(server).verify(auth_token, { address: '198.51.100.9' }));
  });
}

test('a resource server verifies HS256 tokens with the exported secrets, over a rotation too', async (context) => {
  const { server, authToken } = await start(context, {});
  const verifier = verifierOf(server, { keys: await secretsOf(server), allowSharedSecret: true });
  assert.match((await verifier.verify(authToken)).sub, /^user:\d+$/);
  await rotateSigningKey(server.service, testActor, { force: true });
  await server.service.keys.reload();
  const { auth_token } = await server.signIn(username);
  assert.notEqual(auth_token.split('.')[2], authToken.split('.')[2]);
  assert.ok(await verifier.verify(auth_token));
  assert.ok(await verifier.verify(authToken));
});

test('a refresh token, an application token, and a token of another service are refused', async (context) => {
  const { server } = await start(context, { env: { KEYWRIGHT_SIGNING_ALGORITHM: 'ES256' } });
  const other = await start(context, { env: { KEYWRIGHT_SIGNING_ALGORITHM: 'ES256' } });
  const verifier = verifierOf(server);
  const { auth_token, refresh_token } = await server.signIn(username);
  const { application_token } = await server.createToken(auth_token);
  await assert.rejects(verifier.verify(refresh_token), { code: 'unknown_key' });
  await assert.rejects(verifier.verify(application_token), { code: 'malformed' });
  await assert.rejects(verifier.verify(other.authToken), { code: 'unknown_key' });
});

test('a key that signs at once after a rotation is found at once, and the one before goes on', async (context) => {
  const { server, authToken } = await start(context, { env: { KEYWRIGHT_SIGNING_ALGORITHM: 'EdDSA' } });
  const verifier = verifierOf(server);
  await verifier.verify(authToken);
  for (let rotation = 0; rotation < 3; rotation += 1) {
    await rotateSigningKey(server.service, testActor, { force: true });
    await server.service.keys.reload();
    assert.ok(await verifier.verify((await server.signIn(username)).auth_token));
    assert.ok(await verifier.verify(authToken));
    // The cool-down of unknown keys.
    server.clock.advance({ seconds: 30 });
  }
});

test('a token is refused once it has expired, 240 minutes after it was issued', async (context) => {
  const { server, authToken } = await start(context, { env: { KEYWRIGHT_SIGNING_ALGORITHM: 'EdDSA' } });
  const verifier = verifierOf(server, { clockToleranceSeconds: 0 });
  await verifier.verify(authToken);
  server.clock.advance({ minutes: 240, seconds: -1 });
  await verifier.verify(authToken);
  server.clock.advance({ seconds: 1 });
  await assert.rejects(verifier.verify(authToken), { code: 'expired' });
});
