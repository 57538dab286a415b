import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createVerifier, followRevocations, type RevocationFollower, type Verifier } from '@keywright/verifier';
import { startCutProxy } from '../support/cut-proxy.ts';
import { type StoreKind, startTestServer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';
import { waitUntil } from '../support/wait-until.ts';

interface Scene {
  readonly server: TestServer;
  readonly verifier: Verifier;
  readonly revocations: RevocationFollower;
  /** The auth token of an administrator, Jane. */
  readonly admin: string;
}

async function start(context: TestContext, store: StoreKind, feedUrl?: (url: string) => string): Promise<Scene> {
  const server = await startTestServer({ store, env: { KEYWRIGHT_SIGNING_ALGORITHM: 'ES256' }, role: 'server' });
  context.after(() => server.close());
  const { id: organisationId } = await server.addOrganisation('Acme');
  for (const name of ['jane', 'john', 'joan']) {
    await server.addUser({ username: `${name}@example.com`, organisationId });
  }
  const admin = (await server.signIn('jane@example.com')).auth_token;
  const { application_token } = await server.createToken(admin, { description: 'follows revocations' });
  const revocations = followRevocations({
    url: (feedUrl ?? String)(`${server.url}/api/v1/revocation`),
    authToken: async () => (await server.authenticate({ application_token })).json.auth_token,
    maxStalenessSeconds: 3600,
    whenStale: 'refuse',
  });
  context.after(() => revocations.close());
  await revocations.whenCurrent();
  const verifier = createVerifier({
    issuer: server.url,
    audience: server.url,
    keys: `${server.url}/.well-known/jwks.json`,
    revocations,
    environment: server.clock,
  });
  return { server, verifier, revocations, admin };
}

/** Waits until a token, which is remembered as good, is refused as revoked. */
async function untilRevoked({ verifier }: Scene, token: string): Promise<void> {
  await waitUntil('the token is refused', 5, async () => {
    const refused = await verifier.verify(token).then(
      () => undefined,
      (error) => error.code,
    );
    if (refused !== undefined) assert.equal(refused, 'revoked');
    return refused !== undefined;
  });
}

for (const store of storeKinds) {
  test(`what ends tokens at the service ends them at a resource server that follows, and no others, on ${store}`, async (context) => {
    const scene = await start(context, store);
    const { server, verifier, admin } = scene;
    const exchange = async (application_token: string): Promise<string> =>
      (await server.authenticate({ application_token })).json.auth_token;
    const revoked = await server.createToken(admin);
    const kept = await server.createToken(admin);
    const [ofRevoked, ofKept] = [await exchange(revoked.application_token), await exchange(kept.application_token)];
    const john = await server.signIn('john@example.com');
    const johnElsewhere = await server.signIn('john@example.com');
    const joan = await server.signIn('joan@example.com');
    for (const token of [admin, ofRevoked, ofKept, john.auth_token, johnElsewhere.auth_token, joan.auth_token]) {
      await verifier.verify(token);
    }
    const call = async (method: string, path: string, bearer: string, body?: object): Promise<void> => {
      assert.equal((await server.call(method, path, { bearer, body })).status, 204, path);
    };

    await call('PATCH', `/api/v1/application_token/${revoked.id}`, admin, { status: { id: 1 } });
    await untilRevoked(scene, ofRevoked);
    await verifier.verify(ofKept);

    const passwords = { old_password: testPassword, new_password: 'another password for tests' };
    await call('PATCH', '/api/v1/user/password', john.auth_token, passwords);
    await untilRevoked(scene, johnElsewhere.auth_token);
    await verifier.verify(john.auth_token);

    const { sid } = await verifier.verify(john.auth_token);
    await call('DELETE', `/api/v1/user/my/session/${sid}`, john.auth_token);
    await untilRevoked(scene, john.auth_token);

    const { sub } = await verifier.verify(joan.auth_token);
    await call('PATCH', `/api/v1/user/${sub.replace('user:', '')}`, admin, { status: { id: 2 } });
    await untilRevoked(scene, joan.auth_token);
    await verifier.verify(admin);
    await verifier.verify(ofKept);
  });
}

test('what ended while the feed was cut is known once it is healed', async (context) => {
  let port = 0;
  const proxy = await startCutProxy(() => port);
  context.after(() => proxy.close());
  const scene = await start(context, 'sqlite', (url) => {
    port = Number(new URL(url).port);
    return url.replace(`:${port}`, `:${proxy.port}`);
  });
  const { server, verifier, admin } = scene;
  const { application_token, id } = await server.createToken(admin);
  const { auth_token } = (await server.authenticate({ application_token })).json;
  await verifier.verify(auth_token);
  proxy.cut();
  const { status } = await server.call('PATCH', `/api/v1/application_token/${id}`, {
    bearer: admin,
    body: { status: { id: 1 } },
  });
  assert.equal(status, 204);
  await verifier.verify(auth_token);
  proxy.heal();
  await untilRevoked(scene, auth_token);
  await verifier.verify(admin);
});
