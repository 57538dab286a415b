import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { dumpStore } from '../support/store-rows.ts';
import { type Answer, startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const username = 'jane@example.com';
const base = '/api/v1/application_token';

function messagesOf(answer: Answer): string[] {
  assert.deepEqual([answer.status, answer.json.error_code], [422, 1400], answer.text);
  return answer.json.errors.map((error: { message: string }) => error.message);
}

for (const kind of storeKinds) {
  describe(`application tokens on ${kind}`, () => {
    let server: TestServer;
    let bearer: string;
    let userId: number;
    let organisation: { id: number; name: string };

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      const { id, name } = await server.addOrganisation('Acme');
      organisation = { id, name };
      userId = (await server.addUser({ username, organisationId: id })).id;
      bearer = (await server.signIn(username)).auth_token;
    });
    after(() => server.close());

    const create = (body: unknown) => server.call('POST', base, { bearer, body });
    const get = (id: number | string) => server.call('GET', `${base}/${id}`, { bearer });
    const update = (id: number, body: unknown) => server.call('PATCH', `${base}/${id}`, { bearer, body });
    const exchange = async (application_token: string) => (await server.authenticate({ application_token })).status;

    test('a new token is answered with its secret and its id, and where it is', async () => {
      const answer = await create({ description: 'Token with expiry date', expiry_date: '2027-10-29' });
      assert.equal(answer.status, 200);
      assert.deepEqual(Object.keys(answer.json).sort(), ['application_token', 'id']);
      assert.match(answer.json.application_token, /^kwt_[0-9A-Za-z]{49}$/);
      assert.equal(answer.headers.get('location'), `${base}/${answer.json.id}`);
      assert.equal(await exchange(answer.json.application_token), 200);
    });

    test('the secret is shown once, and the store has its SHA-256 alone (security F 73)', async () => {
      const { application_token, id } = (await create({ description: 'secret' })).json;
      assert.equal(await exchange(application_token), 200);
      await server.flush();
      const list = await server.call('GET', `${base}?per_page=1000`, { bearer });
      const events = await server.call('GET', '/api/v1/event?per_page=1000', { bearer });
      for (const { text } of [list, events, await get(id)])
        assert.equal(text.includes(application_token.slice(13)), false);
      const dump = await dumpStore(server.store);
      assert.equal(dump.includes(application_token.slice(13)), false);
      assert.equal(dump.includes(createHash('sha256').update(application_token).digest('hex')), true);
    });

    test('secrets differ in more than 128 bits, and are of every character (security F 73)', async () => {
      const made = await Promise.all(Array.from({ length: 60 }, () => create({ description: 'many' })));
      const secrets = made.map(({ json }) => json.application_token as string);
      assert.equal(new Set(secrets.map((secret) => secret.slice(4, 26))).size, 60, 'the first 130 bits differ');
      assert.equal(new Set(secrets.flatMap((secret) => [...secret.slice(5, 47)])).size, 62);
    });

    test('a token is shown with all of its properties', async () => {
      const body = {
        description: 'Nightly report',
        expiry_date: '2027-10-29T12:00:00+02:00',
        ip: '203.0.113.7',
        roles: [{ id: 3 }],
        auth_token_minutes: 30,
      };
      const { application_token, id } = (await create(body)).json;
      assert.deepEqual((await get(id)).json, {
        id,
        description: 'Nightly report',
        created: '2027-03-10T12:00:00.000Z',
        status: { id: 0, description: 'Activated' },
        expiry_date: '2027-10-29T10:00:00.000Z',
        ip: '203.0.113.7/32',
        creator: { id: userId, name: 'jane', username },
        organisation,
        prefix: application_token.slice(0, 12),
        roles: [{ id: 3, name: 'Observer' }],
        auth_token_minutes: 30,
        last_used: null,
        last_used_ip: null,
        recent_exchanges: 0,
        network: null,
        attention: [],
        rotation: null,
      });
    });

    test('everything about a new token is optional, and null is the same as absent', async () => {
      const nothing = { description: null, expiry_date: null, ip: null, roles: null, auth_token_minutes: null };
      for (const body of [{}, nothing]) {
        const { description, expiry_date, ip, roles, auth_token_minutes } = (await get((await create(body)).json.id))
          .json;
        assert.deepEqual({ description, expiry_date, ip, roles, auth_token_minutes }, nothing);
      }
    });

    test("the public guide's own expiry_date has passed, and the refusal says how to go on (security F 74)", async () => {
      const answer = await create({ description: 'Token with expiry date', expiry_date: '2021-10-29' });
      const [message = ''] = messagesOf(answer);
      assert.match(message, /expiry_date/);
      for (const date of ['2021-10-29', '2027-03-10']) assert.ok(message.includes(date), message);
      const [example] = message.match(/20(2[89]|[3-9]\d)-\d\d-\d\d\S*|2027-(0[4-9]|1[0-2])-\d\d\S*/) ?? [];
      assert.ok(example, message);
      assert.equal((await create({ expiry_date: example.replace(/\W+$/, '') })).status, 200);
    });

    test('an expiry_date in the past or of no form is 422 (security F 74)', async () => {
      const past = ['2027-03-10', '2027-03-10T12:00:00Z', '2027-03-10T11:59:59.999Z', '1999-12-31', '0001-01-01'];
      const wrong = ['tomorrow', '', '2027-02-30', '2027-13-01', '29.10.2027', '2027-10-29T25:00:00Z', '1830297600'];
      for (const expiry_date of [...past, ...wrong, '2027-10-29T10:00', '+012027-01-01', '2027-10-29Z']) {
        assert.match(messagesOf(await create({ expiry_date }))[0] ?? '', /expiry_date/, expiry_date);
      }
      for (const expiry_date of [1_830_297_600, true, {}, ['2027-10-29']]) {
        assert.match(messagesOf(await create({ expiry_date }))[0] ?? '', /expiry_date must be a string/);
      }
    });

    test('an ip that is no network is 422, and host bits that are set are pointed out (security F 75)', async () => {
      const wrong = ['10.0.0.1/33', '10.0.0.1/8', '::1/129', '2001:db8::1/64', '10.0.0', 'localhost', '', '10.0.0.01'];
      for (const ip of [
        ...wrong,
        '10.0.0.0/',
        '/8',
        '10.0.0.0/-1',
        '10.0.0.0/8/8',
        '1.2.3.4, 5.6.7.8',
        'fe80::1%eth0',
      ]) {
        assert.match(messagesOf(await create({ ip }))[0] ?? '', /\bip\b/, ip);
      }
      assert.match(messagesOf(await create({ ip: '10.0.0.1/8' }))[0] ?? '', /10\.0\.0\.0\/8/);
    });

    test('networks are kept in one canonical form', async () => {
      const forms = [
        ['10.0.0.0/8', '10.0.0.0/8'],
        ['192.0.2.1', '192.0.2.1/32'],
        ['2001:DB8:0:0::/32', '2001:db8::/32'],
        ['2001:db8::1', '2001:db8::1/128'],
        ['::ffff:10.0.0.1', '10.0.0.1/32'],
        ['0.0.0.0/0', '0.0.0.0/0'],
        ['::/0', '::/0'],
      ];
      for (const [ip, canonical] of forms) assert.equal((await get((await create({ ip })).json.id)).json.ip, canonical);
    });

    test('every problem of a request is listed, named as on the wire', async () => {
      const typed = { description: 7, expiry_date: {}, ip: [], roles: 'all', auth_token_minutes: 0 };
      assert.equal(messagesOf(await create(typed)).length, 5);
      const mistakes = { description: 'a\u0000b', expiry_date: '2021-10-29', ip: '10.0.0.1/8', roles: [{ id: 4 }] };
      assert.deepEqual(
        messagesOf(await create(mistakes)).map(
          (message) => /\b(description|expiry_date|ip|roles)\b/.exec(message)?.[1],
        ),
        ['description', 'expiry_date', 'ip', 'roles'],
      );
      for (const auth_token_minutes of [0, 1441, -1, 1.5, '60']) {
        assert.match(messagesOf(await create({ auth_token_minutes }))[0] ?? '', /auth_token_minutes/);
      }
      for (const roles of [[], [{}], [{ id: 9 }], [{ id: '1' }], [1]]) {
        assert.match(messagesOf(await create({ roles }))[0] ?? '', /roles/);
      }
    });

    test('a change changes what it names, and leaves the rest', async () => {
      const { id } = (await create({ description: 'before', expiry_date: '2027-10-29', ip: '10.0.0.0/8' })).json;
      const before = (await get(id)).json;
      const steps = [
        [{}, {}],
        [{ description: 'after' }, { description: 'after' }],
        [{ ip: '2001:db8::/32' }, { ip: '2001:db8::/32' }],
        [{ expiry_date: '2028-01-01' }, { expiry_date: '2028-01-01T00:00:00.000Z' }],
        [
          { ip: null, expiry_date: null, description: null },
          { ip: null, expiry_date: null, description: null, attention: [{ id: 3, description: 'Never expires' }] },
        ],
        [{ status: { id: 0 } }, {}],
      ];
      let expected = before;
      for (const [change = {}, effect] of steps) {
        const answer = await update(id, change);
        assert.deepEqual([answer.status, answer.text], [204, ''], JSON.stringify(change));
        expected = { ...expected, ...effect };
        assert.deepEqual((await get(id)).json, expected);
      }
      for (const change of [{ expiry_date: '2021-10-29' }, { ip: '10.0.0.1/8' }, { description: 7 }, { status: 1 }]) {
        assert.equal((await update(id, change)).status, 422);
      }
      assert.deepEqual((await get(id)).json, expected);
    });

    test('read-only and unknown properties change nothing (CVE-2026-27946)', async () => {
      const readOnly = {
        id: 1,
        created: '2020-02-20T10:00:00.000Z',
        creator: { id: 1 },
        organisation: { id: 99 },
        prefix: 'kwt_forged',
        last_used: '2020-02-20T10:00:00.000Z',
        recent_exchanges: 7,
        secret: 'x',
        revoked_at: 0,
        constructor: 'x',
      };
      const { id } = (await create({ description: 'kept', ...readOnly })).json;
      const before = (await get(id)).json;
      assert.deepEqual([before.created, before.organisation], ['2027-03-10T12:00:00.000Z', organisation]);
      assert.equal((await update(id, { ...readOnly, roles: [{ id: 4 }], auth_token_minutes: 1440 })).status, 204);
      assert.deepEqual((await get(id)).json, before);
    });

    test('a revoked token is refused on the next exchange, what it gave before lives on, and it stays revoked', async () => {
      const { application_token, id } = (await create({})).json;
      const { auth_token } = (await server.authenticate({ application_token })).json;
      assert.equal((await update(id, { status: { id: 1 } })).status, 204);
      assert.equal(await exchange(application_token), 401);
      assert.equal((await server.call('GET', base, { bearer: auth_token })).status, 200);
      assert.deepEqual((await get(id)).json.status, { id: 1, description: 'Revoked' });
      assert.equal((await update(id, { status: { id: 1 } })).status, 204, 'once more is no harm');
      const changes = [
        { status: { id: 0 } },
        { status: { id: 2 } },
        { description: 'x' },
        { expiry_date: '2028-01-01' },
      ];
      for (const change of [...changes, { ip: null }]) {
        const answer = await update(id, change);
        assert.deepEqual([answer.status, answer.json.error_code, answer.json.error_token], [422, 1406, 'NotAllowed']);
      }
      const rotated = await server.call('POST', `${base}/${id}/rotate`, { bearer, body: {} });
      assert.deepEqual([rotated.status, rotated.json.error_code], [422, 1406]);
      assert.equal(await exchange(application_token), 401);
    });

    test('a status that does not exist is 1401, and one that time alone sets is 1406', async () => {
      const { id } = (await create({})).json;
      const unknown = await update(id, { status: { id: 7 } });
      assert.deepEqual([unknown.status, unknown.json.errors[0].error_code], [422, 1401]);
      const expired = await update(id, { status: { id: 2 } });
      assert.deepEqual([expired.status, expired.json.error_code], [422, 1406]);
    });

    test('an expired token is activated by another expiry_date, and by nothing less', async () => {
      const { application_token, id } = (await create({ expiry_date: '2027-03-11' })).json;
      server.clock.advance({ days: 1 });
      bearer = (await server.signIn(username)).auth_token;
      const refused = await update(id, { status: { id: 0 } });
      assert.deepEqual([refused.status, refused.json.error_code], [422, 1406]);
      assert.equal((await get(id)).json.status.id, 2);
      assert.equal((await update(id, { status: { id: 0 }, expiry_date: '2027-04-01' })).status, 204);
      assert.equal(await exchange(application_token), 200);
      assert.equal((await update(id, { status: { id: 0 } })).status, 204, 'it is that already');
    });

    test('the statuses are a lookup', async () => {
      assert.deepEqual((await get('status')).json, [
        { id: 0, description: 'Activated' },
        { id: 1, description: 'Revoked' },
        { id: 2, description: 'Expired' },
      ]);
    });

    test('an id that there is none of, or that is no id, is 404', async () => {
      for (const id of ['0', '999999', '-1', '1.5', 'abc', '01', '1e3', '9'.repeat(30), '%00', '__proto__', "1'--"]) {
        const answer = await get(id);
        assert.deepEqual([answer.status, answer.json.error_code], [404, 1201], id);
        assert.match(answer.json.message, /^Application token with id .* not found$/);
      }
    });

    test('checks run in the order 401, 404, 422', async () => {
      const bad = { description: 7 };
      assert.equal((await server.call('PATCH', `${base}/999999`, { body: bad })).status, 401);
      assert.equal((await server.call('POST', base, { body: bad })).status, 401);
      assert.equal((await update(999_999, bad)).status, 404);
      assert.equal(
        (await server.call('POST', `${base}/999999/rotate`, { bearer, body: { overlap_seconds: -1 } })).status,
        404,
      );
    });
  });
}
