import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeThrowAwayStore } from '../../packages/server/src/throw-away-store.ts';
import { runCommandLine } from '../support/command-line.ts';

const username = 'operator@example.com';

describe('platform operators on the command line', () => {
  const { env, remove } = makeThrowAwayStore('test');

  async function run(...argv: string[]): Promise<string> {
    const { code, out, err } = await runCommandLine(argv, { env, input: 'quaint otters juggle lemons' });
    assert.equal(code, 0, err);
    return out;
  }

  before(async () => {
    await run('user', 'add', username, '--password-stdin');
  });
  after(() => remove());

  test('who is removed is an ordinary user, and no longer listed', async () => {
    assert.equal(await run('operator', 'add', username), `${username} is a platform operator.\n`);
    assert.equal(JSON.parse(await run('operator', 'list', '--json'))[0].username, username);
    assert.equal(await run('operator', 'remove', username), `${username} is no longer a platform operator.\n`);
    assert.deepEqual(JSON.parse(await run('operator', 'list', '--json')), []);
  });

  test('the removal lists the application tokens that still read what is for all organisations, and no others', async () => {
    await run('operator', 'add', username);
    const create = async (...options: string[]) =>
      JSON.parse(await run('token', 'create', '--user', username, ...options, '--json')).id as number;
    const kept = await create('--role', 'Service', '--description', 'Revocations for the orders API');
    const ended = await create('--role', 'Service');
    await create('--description', 'of no concern');
    await run('token', 'revoke', String(ended));
    const removed = await run('operator', 'remove', username);
    assert.match(removed, new RegExp(`^ *${kept} +kwt_\\w+ +Revocations for the orders API$`, 'm'));
    assert.match(removed, /keywright token rotate/);
    assert.doesNotMatch(removed, /of no concern/);
    const again = JSON.parse(await run('operator', 'remove', username, '--json'));
    assert.deepEqual([again.removed, again.service_tokens.map(({ id }: { id: number }) => id)], [false, [kept]]);
    await run('token', 'revoke', String(kept));
    assert.equal(await run('operator', 'remove', username), `${username} was no platform operator.\n`);
  });
});
