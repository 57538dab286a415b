import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  type CommandOutcome,
  endCommand,
  runCommandLine,
  type ServingCommand,
  startServing,
} from '../support/command-line.ts';

const username = 'jane@example.com';
const password = 'quaint otters juggle lemons';

describe('the command line beside a running server, on one SQLite file', () => {
  let folder: string;
  let server: ServingCommand;

  const run = (command: string, options: { argv?: readonly string[]; input?: string } = {}): Promise<CommandOutcome> =>
    runCommandLine([...command.split(' '), '--data-dir', folder, ...(options.argv ?? [])], {
      ...(options.input === undefined ? {} : { input: options.input }),
    });

  /** Runs a command that has to succeed, and reads its JSON. */
  async function runJson(command: string, options: { argv?: readonly string[]; input?: string } = {}) {
    const { code, out, err } = await run(`${command} --json`, options);
    assert.equal(code, 0, err);
    return JSON.parse(out);
  }

  async function authenticate(body: object) {
    const response = await fetch(`${server.url}/api/v1/authenticate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'keywright-cli-'));
    const added = await run(`user add ${username} --password-stdin`, {
      argv: ['--name', 'Jane Doe'],
      input: `${password}\n`,
    });
    assert.deepEqual(added, {
      code: 0,
      out: `User 1, ${username}, is active as Administrator of Keywright.\n`,
      err: '',
    });
    server = await startServing(['--data-dir', folder]);
  });

  after(async () => {
    await endCommand(server);
    rmSync(folder, { recursive: true, force: true });
  });

  test('a user who was added before the server started can sign in', async () => {
    assert.equal((await authenticate({ username, password })).status, 200);
    assert.equal(server.written.err.includes('setup_key'), false, 'and there is no set-up link');
  });

  test('a second server on the same data folder is refused, in one line that says why', async () => {
    const { code, out, err } = await runCommandLine(['serve', '--port', '0', '--data-dir', folder]);
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, /^keywright: Another keywright server already uses [^\n]+\n$/);
  });

  test('a user who is added while the server runs can sign in, as User of the first organisation', async () => {
    const made = await runJson('user add joe@example.com --password-stdin', { input: password });
    assert.deepEqual(made, {
      id: 2,
      username: 'joe@example.com',
      name: 'joe',
      organisation: { id: 1, name: 'Keywright' },
      roles: ['User'],
    });
    assert.equal((await authenticate({ username: 'joe@example.com', password })).status, 200);
    const users = await runJson('user list');
    assert.deepEqual(
      users.map((user: { username: string; roles: string[] }) => [user.username, user.roles.join()]),
      [
        [username, 'Administrator'],
        ['joe@example.com', 'User'],
      ],
    );
  });

  test('the first user of an organisation of its own is its Administrator', async () => {
    const { id } = await runJson('organisation add Branch', { argv: ['--parent', 'Keywright'] });
    const made = await runJson('user add eve@example.com --password-stdin', {
      argv: ['--organisation', 'Branch'],
      input: password,
    });
    assert.deepEqual([made.organisation.id, made.roles], [id, ['Administrator']]);
    const organisations = await runJson('organisation list');
    assert.deepEqual(
      organisations.map((row: { id: number; name: string; parent_id: number | null }) => [
        row.id,
        row.name,
        row.parent_id,
      ]),
      [
        [1, 'Keywright', null],
        [id, 'Branch', 1],
      ],
    );
  });

  test('a first user who is refused leaves no organisation behind', async () => {
    const elsewhere = ['--data-dir', path.join(folder, 'elsewhere')];
    const add = ['user', 'add', username, '--password-stdin', ...elsewhere];
    assert.equal((await runCommandLine(add, { input: 'short' })).code, 1);
    const { out } = await runCommandLine(['organisation', 'list', '--json', ...elsewhere]);
    assert.deepEqual(JSON.parse(out), []);
  });

  test('adding a user who is there says what there is, and how to go on', async () => {
    await runJson('user add ada@example.com --password-stdin', { input: password });
    const again = await run('user add Ada@Example.com --password-stdin', { input: 'seven purple staplers hum' });
    const there = 'there is a user ada@example.com already';
    assert.deepEqual(again, {
      code: 1,
      out: '',
      err: `keywright: ${there}, active, in Keywright: keywright user set-password gives a new password\n`,
    });
    await runJson('user suspend ada@example.com');
    const suspended = await run('user add ada@example.com --password-stdin', { input: password });
    const next = 'keywright user activate lets them in again';
    assert.equal(suspended.err, `keywright: ${there}, suspended, in Keywright: ${next}\n`);
  });

  test('organisations may share a name: making one says so, and where it is meant by name the ids are asked for', async () => {
    const first = await runJson('organisation add Twin');
    const second = await run('organisation add Twin --json');
    const { id } = JSON.parse(second.out);
    assert.equal(second.err, `There are others of that name, so commands have to be given its id: ${id}.\n`);
    const argv = ['--organisation', 'Twin'];
    const unclear = await run('user add twin@example.com --password-stdin', { argv, input: password });
    assert.equal(unclear.code, 1);
    const shown = `${first.id} (made ${first.created.slice(0, 10)}), ${id} (made ${first.created.slice(0, 10)})`;
    assert.equal(
      unclear.err,
      `keywright: several organisations are named Twin: give the id of one instead: ${shown}\n`,
    );
    const made = await runJson('user add twin@example.com --password-stdin', {
      argv: ['--organisation', String(id)],
      input: password,
    });
    assert.equal(made.organisation.id, id);
  });

  test('suspending, activating and setting a password take effect at once', async () => {
    const user = { username: 'sam@example.com', password };
    await runJson('user add sam@example.com --password-stdin', { input: password });
    await runJson('user suspend sam@example.com');
    assert.equal((await authenticate(user)).status, 401);
    const again = await run('user suspend sam@example.com');
    assert.deepEqual([again.code, again.err], [1, 'keywright: sam@example.com is already suspended\n']);
    await runJson('user activate sam@example.com');
    assert.equal((await authenticate(user)).status, 200);
    await runJson('user set-password sam@example.com --password-stdin', { input: 'seven purple staplers hum\n' });
    assert.equal((await authenticate(user)).status, 401);
    assert.equal((await authenticate({ ...user, password: 'seven purple staplers hum' })).status, 200);
  });

  test('a lock shows in the list, also of a network that the user signs in from, and unlocking ends it', async () => {
    const user = { username: 'lea@example.com', password };
    await runJson('user add lea@example.com --password-stdin', { input: password });
    for (const place of ['the account', 'a known network']) {
      for (let attempt = 0; attempt < 3; attempt++) await authenticate({ ...user, password: 'wrong' });
      assert.equal((await authenticate(user)).status, 429);
      const locked = (await runJson('user list')).find((row: { username: string }) => row.username === user.username);
      assert.match(locked.locked_until, /^\d{4}-/, place);
      assert.equal((await runJson('user unlock lea@example.com')).unlocked, true);
      assert.equal((await authenticate(user)).status, 200);
    }
    assert.equal(
      (await run('user unlock lea@example.com')).out,
      'lea@example.com was not locked, and nothing was changed.\n',
    );
  });

  test('an application token goes its whole way: made, exchanged, checked, listed, rotated, revoked', async () => {
    const made = await run(`token create --user ${username} --role User --minutes 5`, {
      argv: ['--description', 'Meters'],
    });
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /^kwt_[0-9A-Za-z]{49}\n$/);
    const secret = made.out.trim();
    const exchanged = await authenticate({ application_token: secret });
    assert.equal(exchanged.status, 200);

    const check = await run('token check', { input: made.out });
    assert.equal(check.code, 0);
    assert.match(check.out, /^This application token would be taken now\.\n {2}id: 1\n/);
    const verified = await runJson('token check', { input: exchanged.body['auth_token'] ?? '' });
    assert.deepEqual([verified.kind, verified.usable, verified.about.sub], ['auth_token', true, 'application_token:1']);
    assert.deepEqual(verified.about.roles, ['User']);
    assert.equal(verified.about.exp - verified.about.iat, 300);

    const elsewhere = await runCommandLine(['token', 'check', '--data-dir', folder], {
      input: exchanged.body['auth_token'] ?? '',
      env: { KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com' },
    });
    assert.equal(elsewhere.code, 0);
    const [verdict, issuer, audience] = elsewhere.out.split('\n');
    assert.equal(verdict, 'This auth token would be taken now.');
    const here = 'for this command it is https://auth.example.com, and a server with that refuses it';
    assert.equal(issuer, `  only where KEYWRIGHT_PUBLIC_URL is ${server.url}, its issuer (iss): ${here}`);
    assert.equal(audience, `  only where KEYWRIGHT_AUDIENCE is ${server.url}, its audience (aud): ${here}`);

    const [listed] = await runJson('token list');
    assert.deepEqual([listed.id, listed.description, listed.creator.username], [1, 'Meters', username]);

    const rotated = (await runJson('token rotate 1', { argv: ['--overlap-seconds', '0'] })).application_token;
    assert.equal((await authenticate({ application_token: secret })).status, 401);
    assert.equal((await authenticate({ application_token: rotated })).status, 200);

    await runJson('token revoke 1');
    assert.equal((await authenticate({ application_token: rotated })).status, 401);
    const refused = await run('token check', { input: rotated });
    assert.deepEqual(
      [refused.code, refused.out.split('\n')[0]],
      [1, 'This application token would be refused: revoked.'],
    );
  });

  test('a token restricted to a network is judged from the address that is asked about', async () => {
    const made = await run(`token create --user ${username} --ip 192.0.2.0/24`);
    assert.equal((await run('token check --from 192.0.2.7', { input: made.out })).code, 0);
    const outside = await run('token check --from 198.51.100.1', { input: made.out });
    assert.equal(outside.code, 1);
    assert.match(outside.out, /outside of its ip/);
    assert.match((await run('token check', { input: made.out })).out, /only from 192\.0\.2\.0\/24/);
  });

  test('the command line gives the role Service, which no user can', async () => {
    const made = await run(`token create --user ${username} --role Service`);
    assert.equal(made.code, 0, made.err);
    const { body } = await authenticate({ application_token: made.out.trim() });
    const payload = (body['auth_token'] ?? '').split('.')[1] ?? '';
    assert.deepEqual(JSON.parse(Buffer.from(payload, 'base64url').toString()).roles, ['Service']);
  });

  test('what is no token of this service is said to be none, without repeating it', async () => {
    for (const input of ['kwt_short', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.MARKED', 'nonsense']) {
      const { code, out, err } = await run('token check', { input });
      assert.equal(code, 1);
      assert.match(out, /would be refused: /);
      assert.equal(`${out}${err}`.includes(input), false);
    }
    const { body } = await authenticate({ username, password });
    const refresh = await run('token check', { input: body['refresh_token'] ?? '' });
    assert.match(refresh.out, /^This would be refused: it is a refresh_token/);
  });

  test('signing keys are listed without secrets, rotated without a gap, and exported with a warning', async () => {
    const before = await authenticate({ username, password });
    const listed = await run('key list --json');
    assert.equal(listed.out.includes('"k"'), false);
    const early = await run('key rotate');
    assert.equal(early.code, 1);
    assert.match(early.err, /^keywright: The next key was published \d+ s ago[^\n]*\n$/);
    const rotated = await runJson('key rotate --force');
    const states = (keys: { purpose: string; state: string }[]) =>
      keys.flatMap(({ purpose, state }) => (purpose === 'auth' ? state : [])).sort();
    assert.deepEqual(states(rotated), ['current', 'next', 'retired']);
    const bearer = { authorization: `Bearer ${before.body['auth_token']}` };
    assert.equal((await fetch(`${server.url}/api/v1/user/my`, { headers: bearer })).status, 200);

    const { out, err } = await run('key export');
    const exported: { state: string; jwk: { kty: string; k: string } }[] = JSON.parse(out);
    assert.deepEqual(exported.map(({ state }) => state).sort(), ['current', 'next', 'retired']);
    for (const { jwk } of exported) assert.deepEqual([jwk.kty, Buffer.from(jwk.k, 'base64url').length], ['oct', 32]);
    assert.match(err, /^These are secrets/);
  });

  test('what a command changed is an event that names the command line', async () => {
    const { body } = await authenticate({ username, password });
    const response = await fetch(`${server.url}/api/v1/event?q=source:4&per_page=1000`, {
      headers: { authorization: `Bearer ${body['auth_token']}` },
    });
    const events = (await response.json()) as { description: string; event_source: { description: string } }[];
    const created = events.find(({ description }) => description.startsWith(`User ${username} was created`));
    assert.match(created?.description ?? '', /by command line/);
    assert.equal(created?.event_source.description, 'Command line');
  });

  test('events are exported from one time until another, all of the day that is named included', async () => {
    const exportEvents = async (options: string): Promise<{ timestamp: string }[]> => {
      const { code, out, err } = await run(`event export${options}`);
      assert.equal(code, 0, err);
      return out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    };
    const [first] = await exportEvents('');
    const firstTime = first?.timestamp ?? '';
    const firstDay = firstTime.slice(0, 10);
    assert.deepEqual((await exportEvents(` --from ${firstDay} --until ${firstDay}`))[0], first);
    assert.deepEqual((await exportEvents(` --until ${firstTime}`))[0], first);
    assert.deepEqual(await exportEvents(' --until 1999'), []);
    const refused = await run('event export --from yesterday');
    assert.deepEqual([refused.code, refused.out], [2, '']);
    assert.match(refused.err, /^keywright: --from must be a time such as 2027-10-29/);
  });

  test('migrations that are applied already are not applied again', async () => {
    assert.deepEqual(await runJson('migrate'), { applied: [] });
  });

  test('--verbose says which database is used, and errors say what to do', async () => {
    const verbose = await run('user list --verbose');
    assert.ok(verbose.err.includes(`SQLite ${path.join(folder, 'keywright.db')}`));
    for (const [command, pattern] of [
      ['user suspend nobody@example.com', /there is no user nobody@example\.com: keywright user list shows all/],
      ['token create --user nobody@example.com', /there is no user nobody@example\.com: keywright user list shows all/],
      ['token revoke 4711', /there is no application token 4711: keywright token list shows all/],
      ['organisation add X --parent Nowhere', /there is no organisation Nowhere/],
      [`token create --user ${username} --ip 10.0.0.1/8`, /ip 10\.0\.0\.1\/8 has bits set/],
      [`token create --user ${username} --expiry-date 2021-10-29`, /expiry_date.*2021-10-29/],
    ] as const) {
      const { code, err } = await run(command);
      assert.equal(code, 1, command);
      assert.match(err, /^keywright: [^\n]+\n$/, command);
      assert.match(err, pattern);
    }
    const weak = await run('user add weak@example.com --password-stdin', { input: 'short' });
    assert.deepEqual([weak.code, weak.out], [1, '']);
    assert.match(weak.err, /^keywright: [^\n]*password[^\n]*\n$/);
  });

  test('no secret that went through a command or a request stands in the log', () => {
    const { out } = server.written;
    for (const secret of [password, 'seven purple staplers hum', 'kwt_', 'eyJ'])
      assert.equal(out.includes(secret), false);
    for (const line of out.trim().split('\n')) assert.match(JSON.parse(line).time, /Z$/);
    assert.equal(out.includes(readFileSync(path.join(folder, 'master.key'), 'utf8').trim()), false);
  });
});
