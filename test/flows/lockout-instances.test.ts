import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  behindProxy,
  createTestStore,
  startTestServer,
  storeKinds,
  type TestServer,
  testPassword,
} from '../support/test-server.ts';
import { startTwoServers } from '../support/two-servers.ts';

const username = 'jane@example.com';
const env = { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off' };
const from = '198.51.100.1';

async function addJane(server: TestServer): Promise<void> {
  const { id } = await server.addOrganisation('Acme');
  await server.addUser({ username, organisationId: id });
}

async function attempt(server: TestServer, password = testPassword): Promise<number> {
  return (await server.authenticate({ username, password }, { from })).status;
}

async function startTwo(t: TestContext): Promise<[TestServer, TestServer]> {
  const servers = await startTwoServers(t, env);
  await addJane(servers[0]);
  return servers;
}

test('two instances: failures split 2 + 1 over them lock on both (security B 27)', async (t) => {
  const [one, other] = await startTwo(t);
  assert.deepEqual([await attempt(one, 'a'), await attempt(one, 'b'), await attempt(other, 'c')], [401, 401, 401]);
  assert.deepEqual([await attempt(one), await attempt(other)], [429, 429]);
  one.clock.advance({ minutes: 5 });
  assert.equal(await attempt(other), 200);
});

test('two instances: 30 parallel wrong guesses over both give 3 answers that tell anything (security B 17, 27)', async (t) => {
  const servers = await startTwo(t);
  const guesses = Array.from({ length: 30 }, (_, index) => attempt(servers[index % 2]!, `guess ${index}`));
  const statuses = await Promise.all(guesses);
  assert.equal(statuses.filter((status) => status === 401).length, 3);
  assert.equal(statuses.filter((status) => status === 429).length, 27);
  assert.deepEqual([await attempt(servers[0]), await attempt(servers[1])], [429, 429]);
});

test('two instances: a success on one resets what the other counted (security B 19)', async (t) => {
  const [one, other] = await startTwo(t);
  for (const _ of [1, 2, 3]) {
    assert.deepEqual([await attempt(one, 'x'), await attempt(one, 'x'), await attempt(other)], [401, 401, 200]);
  }
});

for (const kind of storeKinds) {
  test(`a restart on ${kind} keeps counts and locks (security B 28, CVE-2026-9802)`, async (t) => {
    const store = await createTestStore(kind);
    t.after(() => store.remove());
    let server = await startTestServer({ store, env });
    t.after(() => server.close());
    const { clock } = server;
    const restart = async (): Promise<void> => {
      await server.close();
      server = await startTestServer({ store, env, clock });
    };
    await addJane(server);
    assert.deepEqual([await attempt(server, 'a'), await attempt(server, 'b')], [401, 401]);
    await restart();
    assert.equal(await attempt(server, 'c'), 401, 'the third, which locks');
    assert.equal(await attempt(server), 429);
    await restart();
    assert.equal(await attempt(server), 429);
    clock.advance({ minutes: 5 });
    assert.equal(await attempt(server), 200);
  });
}
