import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startTestServer } from '../support/test-server.ts';

test('a server looks after its store a minute after its start, however often it is restarted', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const server = await startTestServer({ role: 'server' });
  t.after(() => server.close());
  const { id } = await server.addOrganisation('Acme');
  const { id: userId } = await server.addUser({ username: 'jane@example.com', organisationId: id });
  const challenge = { id: 'old', userId, enrolment: false, createdAt: 0, expiresAt: 1 };
  await server.service.database.insertMfaChallenge(challenge);
  const marks = () => server.service.database.listCheckpoints(id);
  const turns = async (): Promise<void> => {
    for (let count = 0; count < 100; count++) await nextTurn();
  };
  t.mock.timers.tick(59_000);
  await turns();
  assert.deepEqual(await marks(), []);
  t.mock.timers.tick(2_000);
  const isTidy = async (): Promise<boolean> =>
    (await marks()).length === 1 && (await server.service.database.findMfaChallenge('old')) === undefined;
  for (let count = 0; count < 10_000 && !(await isTidy()); count++) await nextTurn();
  assert.ok(await isTidy());
});
