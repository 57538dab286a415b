import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { endCommand, runCommandLine, type ServingCommand, startServing } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

describe('the command line on PostgreSQL', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let server: ServingCommand | undefined;

  before(async () => {
    database = await createTestDatabase();
    env = { KEYWRIGHT_DATABASE_URL: database.url, KEYWRIGHT_MASTER_KEY: randomBytes(32).toString('base64') };
  });

  after(async () => {
    await endCommand(server);
    await database.drop();
  });

  test('a database without a store is said to have none, and gets none', async () => {
    for (const argv of [
      ['user', 'list'],
      ['event', 'verify'],
    ]) {
      const { code, err } = await runCommandLine(argv, { env });
      assert.equal(code, 1);
      assert.match(
        err,
        /^keywright: there is no store in PostgreSQL postgres:\/\/\S+: see that KEYWRIGHT_DATABASE_URL names [^\n]+\n$/,
      );
    }
  });

  test('migrate names what it applied, and applies it once', async () => {
    const first = await runCommandLine(['migrate', '--json'], { env });
    assert.equal(first.code, 0, first.err);
    assert.ok(JSON.parse(first.out).applied.length > 0);
    const second = await runCommandLine(['migrate'], { env });
    assert.deepEqual(second, { code: 0, out: 'The database is up to date.\n', err: '' });
  });

  test('a user who was added signs in at a server, which ends with 0 on SIGTERM', async () => {
    const password = 'quaint otters juggle lemons';
    const added = await runCommandLine(['user', 'add', 'jane@example.com', '--password-stdin'], {
      env,
      input: password,
    });
    assert.equal(added.code, 0, added.err);
    server = await startServing([], env);
    const signIn = (): Promise<Response> =>
      fetch(`${server?.url}/api/v1/authenticate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'jane@example.com', password }),
      });
    assert.equal((await signIn()).status, 200);
    const suspended = await runCommandLine(['user', 'suspend', 'jane@example.com'], { env });
    assert.equal(suspended.code, 0, suspended.err);
    assert.equal((await signIn()).status, 401);
    server.child.kill('SIGTERM');
    assert.equal(await server.ended, 0);
  });

  test('without a master key nothing is started', async () => {
    const { code, err } = await runCommandLine(['serve', '--port', '0'], {
      env: { KEYWRIGHT_DATABASE_URL: database.url },
    });
    assert.equal(code, 1);
    assert.match(err, /^keywright: KEYWRIGHT_MASTER_KEY is not set: [^\n]*\n$/);
  });

  test('a database that is not there, or lets us not in, is one line that names it without its password', async () => {
    const wrongly = (change: (url: URL) => void): string => {
      const url = new URL(database.url);
      url.password = 'MARKED';
      change(url);
      return url.href;
    };
    const right = new URL(database.url).password;
    for (const url of [
      wrongly((url) => {
        url.port = '1';
      }),
      wrongly((url) => {
        url.password = right;
        url.pathname = '/nowhere';
      }),
      wrongly((url) => {
        url.username = 'nobody';
      }),
    ]) {
      for (const command of [['user', 'list'], ['migrate'], ['serve', '--port', '0']]) {
        const told = { KEYWRIGHT_DATABASE_URL: url, KEYWRIGHT_PUBLIC_URL: 'http://127.0.0.1:8080' };
        const { code, err } = await runCommandLine(command, { env: { ...env, ...told } });
        assert.equal(code, 1);
        assert.match(
          err,
          /^keywright: the database can't be used now \([^\n]+\): PostgreSQL postgres[^\n]*; see that it runs, and that KEYWRIGHT_DATABASE_URL is right\n$/,
        );
        assert.equal(err.includes('MARKED'), false);
        assert.equal(right !== '' && err.includes(`:${right}@`), false);
      }
    }
  });
});
