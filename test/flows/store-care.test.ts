import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startTestServer } from '../support/test-server.ts';

test('a server looks after its store a minute after its start, however often it is restarted', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const server = await startTestServer({ role: 'server' });
  t.after(() => server.close());
  const { id } = await server.addOrganisation('Acme');
  const marks = () => server.service.database.listCheckpoints(id);
  const turns = async (): Promise<void> => {
    for (let count = 0; count < 100; count++) await nextTurn();
  };
  t.mock.timers.tick(59_000);
  await turns();
  assert.deepEqual(await marks(), []);
  t.mock.timers.tick(2_000);
  await turns();
  assert.equal((await marks()).length, 1);
});
