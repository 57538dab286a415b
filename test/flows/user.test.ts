import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, startTestServer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';
import { createActiveUser, followLink, lastKey, waitingMails } from '../support/waiting-mail.ts';

const base = '/api/v1/user';

function messagesOf(answer: Answer): string[] {
  assert.deepEqual([answer.status, answer.json.error_code], [422, 1400], answer.text);
  return answer.json.errors.map((error: { message: string }) => error.message);
}

function refusedRule(answer: Answer): void {
  assert.deepEqual([answer.status, answer.json.error_code, answer.json.error_token], [422, 1406, 'NotAllowed']);
}

for (const kind of storeKinds) {
  describe(`users on ${kind}`, () => {
    let server: TestServer;
    let acme: { id: number; name: string };
    let child: { id: number; name: string };
    let elsewhere: number;
    const bearers: Record<string, string> = {};
    const ids: Record<string, number> = {};
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      const { id, name } = await server.addOrganisation('Acme');
      acme = { id, name };
      const made = await server.addOrganisation('Acme Labs', id);
      child = { id: made.id, name: made.name };
      elsewhere = (await server.addOrganisation('Elsewhere')).id;
      const people = [
        ['admin', id, 'Administrator'],
        ['second', id, 'Administrator'],
        ['user', id, 'User'],
        ['observer', id, 'Observer'],
        ['super', id, 'SuperAdmin'],
        ['labs', child.id, 'Administrator'],
        ['stranger', elsewhere, 'Administrator'],
      ] as const;
      for (const [who, organisationId, role] of people) {
        const username = `${who}@example.com`;
        ids[who] = (await server.addUser({ username, organisationId, role })).id;
        bearers[who] = (await server.signIn(username)).auth_token;
      }
    });
    after(() => server.close());

    const as = (who: string, method: string, path: string, body?: unknown) =>
      server.call(method, path, { bearer: bearers[who], ...(body === undefined ? {} : { body }) });
    const freshName = () => `person${++count}@example.com`;
    const create = async (body: object = {}) => {
      const username = freshName();
      const id = await createActiveUser(server, bearers['admin'] ?? '', { username, name: 'Person', ...body });
      return { id, username };
    };
    const statusOf = async (id: number) => (await as('admin', 'GET', `${base}/${id}`)).json.status.id;
    const exchange = async (application_token: string) => (await server.authenticate({ application_token })).status;

    test('a user is shown with all of its properties, by id and by username', async () => {
      const expected = {
        id: ids['user'],
        username: 'user@example.com',
        name: 'user',
        created: '2027-03-10T12:00:00.000Z',
        status: { id: 1, description: 'Active' },
        organisation: acme,
        roles: [{ id: 2, name: 'User' }],
        language: 'en',
        mfa: [],
      };
      for (const reference of [ids['user'], 'user@example.com', 'USER@Example.com']) {
        assert.deepEqual((await as('admin', 'GET', `${base}/${reference}`)).json, expected);
      }
      assert.deepEqual((await as('user', 'GET', `${base}/my`)).json, expected);
    });

    test('the list holds who is at home in the organisation and its direct children, no others', async () => {
      const usernames = async (who: string, query = '') =>
        (await as(who, 'GET', `${base}?q=username:*@example.com${query}`)).json.map(
          ({ username }: { username: string }) => username.split('@')[0],
        );
      assert.deepEqual(await usernames('admin'), ['admin', 'second', 'user', 'observer', 'super', 'labs']);
      assert.deepEqual(await usernames('labs'), ['labs']);
      assert.deepEqual(await usernames('stranger'), ['stranger']);
      assert.deepEqual(await usernames('admin', `,organisation:${child.id}`), ['labs']);
      assert.deepEqual(await usernames('admin', ',name:*s*r'), ['user', 'observer', 'super']);
      assert.deepEqual(await usernames('admin', `,id:${ids['user']}`), ['user']);
      assert.deepEqual(await usernames('admin', ',status:2'), []);
      assert.deepEqual(await usernames('admin', '&sort=-username'), [
        'user',
        'super',
        'second',
        'observer',
        'labs',
        'admin',
      ]);
      const page = await as('admin', 'GET', `${base}?per_page=2&page=2&sort=created,-id`);
      assert.deepEqual(
        [page.json.length, page.headers.get('x-current-page'), page.headers.get('x-count-per-page')],
        [2, '2', '2'],
      );
    });

    test('an unknown field to filter or sort on is refused, and created only sorts', async () => {
      for (const q of ['nope:1', 'password_hash:x', 'created:2027', 'roles:1']) {
        const { status, json } = await as('admin', 'GET', `${base}?q=${q}`);
        assert.deepEqual([status, json.error_code], [422, 1301], q);
      }
      const { status, json } = await as('admin', 'GET', `${base}?sort=roles`);
      assert.deepEqual([status, json.error_code], [422, 1302]);
    });

    test('a new user is pending, is told where it is, and can sign in once the link is followed', async () => {
      const username = freshName();
      const answer = await as('admin', 'POST', base, { username, name: ' Ada ', roles: [{ id: 3 }] });
      assert.deepEqual([answer.status, answer.text], [201, '']);
      const where = answer.headers.get('location') ?? '';
      assert.match(where, /^\/api\/v1\/user\/\d+$/);
      const { json } = await as('admin', 'GET', where);
      assert.deepEqual(
        [json.username, json.name, json.status.id, json.organisation, json.roles],
        [username, 'Ada', 0, acme, [{ id: 3, name: 'Observer' }]],
      );
      const [mail] = await waitingMails(server, username);
      assert.deepEqual([mail?.template, mail?.data['organisation']], ['activation', 'Acme']);
      assert.equal((await server.authenticate({ username, password: testPassword })).status, 401);
      await followLink(server, username, testPassword);
      const { auth_token } = await server.signIn(username);
      assert.equal((await server.call('GET', `${base}/my`, { bearer: auth_token })).json.status.id, 1);
    });

    test('without roles a new user is a User, and may be put into a direct child', async () => {
      const { id } = await create({ organisation: { id: child.id } });
      const { json } = await as('admin', 'GET', `${base}/${id}`);
      assert.deepEqual([json.organisation, json.roles], [child, [{ id: 2, name: 'User' }]]);
      assert.equal((await as('labs', 'GET', `${base}/${id}`)).status, 200);
    });

    test('every problem of a new user is listed, and none is made', async () => {
      const body = { username: 'no address', name: ' ', organisation: { id: elsewhere }, roles: [{ id: 9 }] };
      const messages = messagesOf(await as('admin', 'POST', base, body));
      for (const property of ['username', 'name', 'organisation', 'roles']) {
        assert.ok(
          messages.some((message) => message.includes(property)),
          `${property}: ${messages}`,
        );
      }
      assert.match(messagesOf(await as('admin', 'POST', base, { name: 'x' }))[0] ?? '', /username is required/);
      assert.match(messagesOf(await as('admin', 'POST', base, { username: 7, name: 'x' }))[0] ?? '', /username/);
      const none = { username: freshName(), name: 'x', roles: [] };
      assert.match(messagesOf(await as('admin', 'POST', base, none))[0] ?? '', /roles/);
      assert.equal((await as('admin', 'POST', base, '[]')).status, 400);
    });

    test('nobody gives a new user a role above their own, and nobody the role Service', async () => {
      for (const [who, id] of [
        ['admin', 4],
        ['admin', 5],
        ['super', 5],
      ] as const) {
        const answer = await as(who, 'POST', base, { username: freshName(), name: 'x', roles: [{ id: 2 }, { id }] });
        assert.match(messagesOf(answer)[0] ?? '', /roles/);
        assert.equal(answer.json.errors[0].error_code, 1406);
      }
      const granted = await as('super', 'POST', base, { username: freshName(), name: 'x', roles: [{ id: 4 }] });
      assert.equal(granted.status, 201);
    });

    test('a name that the caller sees is a conflict, however it is spelled', async () => {
      for (const username of ['user@example.com', 'USER@EXAMPLE.COM', ' user@example.com ', 'labs@example.com']) {
        const { status, json } = await as('admin', 'POST', base, { username, name: 'x' });
        assert.deepEqual([status, json.error_code], [409, 1405], username);
      }
    });

    test('what a body may not set is ignored: id, status, created, password, mfa, home (CVE-2026-27946)', async () => {
      const username = freshName();
      const readOnly = {
        id: 7,
        status: { id: 1 },
        created: '2020-01-01T00:00:00.000Z',
        password: testPassword,
        password_hash: 'x',
        mfa: [{ id: 1 }],
        organisation_id: elsewhere,
        version: 99,
      };
      const answer = await as('admin', 'POST', base, { ...readOnly, username, name: 'Ada' });
      const where = answer.headers.get('location') ?? '';
      const { json } = await as('admin', 'GET', where);
      assert.deepEqual(
        [json.status.id, json.created, json.organisation.id, json.mfa],
        [0, '2027-03-10T12:00:00.000Z', acme.id, []],
      );
      assert.notEqual(json.id, 7);
      assert.equal((await server.authenticate({ username, password: testPassword })).status, 401);
      const change = { ...readOnly, status: undefined, organisation: { id: child.id }, roles: [{ id: 1 }] };
      assert.equal((await as('user', 'PATCH', `${base}/my`, change)).status, 204);
      const own = (await as('user', 'GET', `${base}/my`)).json;
      assert.deepEqual([own.id, own.organisation, own.roles], [ids['user'], acme, [{ id: 2, name: 'User' }]]);
    });

    test('everybody changes their own name, administrators that of their users', async () => {
      assert.equal((await as('observer', 'PATCH', `${base}/my`, { name: ' Olga ' })).status, 204);
      assert.equal((await as('observer', 'GET', `${base}/my`)).json.name, 'Olga');
      assert.equal((await as('admin', 'PATCH', `${base}/${ids['observer']}`, { name: 'Olga B.' })).status, 204);
      assert.equal((await as('observer', 'GET', `${base}/my`)).json.name, 'Olga B.');
      const { json } = await as('admin', 'GET', '/api/v1/event?q=type:1060&sort=-id');
      assert.deepEqual(
        [json[0].description, json[0].user.id, json[0].detail.after],
        ['The name of observer@example.com was changed by admin@example.com', ids['observer'], 'Olga B.'],
      );
      assert.equal((await as('user', 'PATCH', `${base}/${ids['observer']}`, { name: 'x' })).status, 403);
      assert.equal((await as('stranger', 'PATCH', `${base}/${ids['observer']}`, { name: 'x' })).status, 404);
      assert.match(messagesOf(await as('admin', 'PATCH', `${base}/my`, { name: '' }))[0] ?? '', /name/);
      assert.match(messagesOf(await as('admin', 'PATCH', `${base}/my`, { name: 'a\nb' }))[0] ?? '', /name/);
    });

    test("suspending ends sessions and stops the user's application tokens at once; activating lets them work again (security E 61)", async () => {
      const { id, username } = await create();
      const { auth_token: bearer, refresh_token } = await server.signIn(username);
      const { application_token } = await server.createToken(bearer);
      const exchanged = (await server.authenticate({ application_token })).json.auth_token;
      assert.equal((await as('admin', 'PATCH', `${base}/${id}`, { status: { id: 2 } })).status, 204);
      assert.equal(await statusOf(id), 2);
      assert.equal((await server.call('GET', `${base}/my`, { bearer })).status, 401);
      assert.equal((await server.authenticate({ refresh_token })).status, 401);
      assert.equal((await server.authenticate({ username, password: testPassword })).status, 401);
      const refused = await server.authenticate({ application_token });
      assert.deepEqual([refused.status, refused.json.error_code], [401, 1102]);
      assert.equal((await server.call('GET', `${base}/my`, { bearer: exchanged })).status, 401);
      assert.equal((await as('admin', 'PATCH', `${base}/${id}`, { status: { id: 1 } })).status, 204);
      assert.equal(await exchange(application_token), 200);
      assert.equal((await server.authenticate({ refresh_token })).status, 401, 'the session stays ended');
      await server.signIn(username);
    });

    test('a status goes from 1 to 2, back, and from 0 to 2; anything else is no rule of ours', async () => {
      const username = freshName();
      const { headers } = await as('admin', 'POST', base, { username, name: 'x' });
      const where = headers.get('location') ?? '';
      const set = (id: number) => as('admin', 'PATCH', where, { status: { id } });
      refusedRule(await set(1));
      assert.equal((await set(0)).status, 204, 'what is so already stays');
      assert.equal((await set(2)).status, 204);
      refusedRule(await set(0));
      assert.equal((await set(2)).status, 204);
      assert.equal((await set(1)).status, 204);
      refusedRule(await set(0));
      assert.match(messagesOf(await set(3))[0] ?? '', /status/);
      assert.match(messagesOf(await as('admin', 'PATCH', where, { status: 2 }))[0] ?? '', /status/);
    });

    test('nobody changes their own status, deletes themselves, or changes their own roles', async () => {
      for (const reference of ['my', ids['admin'], 'admin@example.com']) {
        refusedRule(await as('admin', 'PATCH', `${base}/${reference}`, { status: { id: 2 } }));
        refusedRule(await as('admin', 'DELETE', `${base}/${reference}`));
        refusedRule(await as('admin', 'PUT', `${base}/${reference}/role/2`));
        refusedRule(await as('admin', 'DELETE', `${base}/${reference}/role/1`));
      }
    });

    test('a change that is refused in part changes nothing', async () => {
      refusedRule(await as('admin', 'PATCH', `${base}/my`, { name: 'Changed', status: { id: 2 } }));
      assert.equal((await as('admin', 'GET', `${base}/my`)).json.name, 'admin');
    });

    test('a new username is pending, ends the sessions, and counts once the link is followed', async () => {
      const { id, username } = await create();
      const { auth_token: bearer, refresh_token } = await server.signIn(username);
      const next = freshName();
      assert.equal((await server.call('PATCH', `${base}/my`, { bearer, body: { username: next } })).status, 204);
      assert.equal((await server.call('GET', `${base}/my`, { bearer })).status, 401);
      assert.equal((await server.authenticate({ refresh_token })).status, 401);
      const { json } = await as('admin', 'GET', `${base}/${id}`);
      assert.deepEqual([json.username, json.status.id], [next, 0]);
      for (const name of [username, next]) {
        assert.equal((await server.authenticate({ username: name, password: testPassword })).status, 401);
      }
      assert.deepEqual(
        [(await waitingMails(server, next)).at(-1)?.template, (await waitingMails(server, username)).at(-1)?.template],
        ['username_change', 'username_changed'],
      );
      await followLink(server, next);
      await server.signIn(next);
      assert.equal((await server.authenticate({ username, password: testPassword })).status, 401);
      assert.equal((await as('admin', 'GET', `${base}/${next}`)).json.id, id);
    });

    test('a username that is yet to be confirmed keeps nobody from it; who confirms first has it', async () => {
      const { id, username } = await create();
      const wanted = freshName();
      assert.equal((await as('admin', 'PATCH', `${base}/${id}`, { username: wanted })).status, 204);
      const key = await lastKey(server, wanted);
      await server.addUser({ username: wanted, organisationId: elsewhere });
      const body = { activationKey: key, password: testPassword };
      assert.equal((await server.call('POST', `${base}/activation`, { body })).status, 400);
      await server.signIn(wanted);
      assert.equal(await statusOf(id), 0);
      assert.equal((await as('admin', 'PATCH', `${base}/${id}`, { username })).status, 204);
      await followLink(server, username);
      await server.signIn(username);
    });

    test('a second change of the username voids the link of the first', async () => {
      const { id } = await create();
      const [wrong, right] = [freshName(), freshName()];
      await as('admin', 'PATCH', `${base}/${id}`, { username: wrong });
      const activationKey = await lastKey(server, wrong);
      await as('admin', 'PATCH', `${base}/${id}`, { username: right });
      assert.equal((await server.call('POST', `${base}/activation`, { body: { activationKey } })).status, 400);
      await followLink(server, right);
      await server.signIn(right);
    });

    test('a username that the caller sees is a conflict, in whatever letters', async () => {
      const { id, username } = await create();
      const taken = await as('admin', 'PATCH', `${base}/${id}`, { username: 'labs@example.com' });
      assert.deepEqual([taken.status, taken.json.error_code], [409, 1405]);
      const spelled = await as('admin', 'PATCH', `${base}/${id}`, { username: 'LABS@Example.com' });
      assert.deepEqual([spelled.status, spelled.json.error_code], [409, 1405]);
      assert.equal(await statusOf(id), 1);
      await server.signIn(username);
    });

    test('a suspended user does not come back by a change of the username', async () => {
      const { id } = await create();
      await as('admin', 'PATCH', `${base}/${id}`, { status: { id: 2 } });
      refusedRule(await as('admin', 'PATCH', `${base}/${id}`, { username: freshName() }));
      const next = freshName();
      await as('admin', 'PATCH', `${base}/${id}`, { status: { id: 1 } });
      await as('admin', 'PATCH', `${base}/${id}`, { username: next });
      const activationKey = await lastKey(server, next);
      await as('admin', 'PATCH', `${base}/${id}`, { status: { id: 2 } });
      assert.equal((await server.call('POST', `${base}/activation`, { body: { activationKey } })).status, 400);
      assert.equal(await statusOf(id), 2);
      assert.equal((await as('admin', 'PATCH', `${base}/${id}`, { status: { id: 1 } })).status, 204);
      assert.equal(await statusOf(id), 0, 'the username is yet to be confirmed');
      await followLink(server, next);
      await server.signIn(next);
    });

    test('whoever is yet to activate gets another username at once, and a new link', async () => {
      const [wrong, right] = [freshName(), freshName()];
      const { headers } = await as('admin', 'POST', base, { username: wrong, name: 'x' });
      const where = headers.get('location') ?? '';
      const old = await lastKey(server, wrong);
      assert.equal((await as('admin', 'PATCH', where, { username: right })).status, 204);
      const body = { activationKey: old, password: testPassword };
      assert.equal((await server.call('POST', `${base}/activation`, { body })).status, 400);
      assert.equal((await waitingMails(server, right)).at(-1)?.template, 'activation');
      await followLink(server, right, testPassword);
      await server.signIn(right);
      const again = await as('admin', 'POST', base, { username: wrong, name: 'x' });
      assert.equal(again.status, 201, 'the name is free again');
    });

    test('a deleted user is gone: sessions, tokens and name; events go on telling who it was (security E 61)', async () => {
      const { id, username } = await create();
      const { auth_token: bearer, refresh_token } = await server.signIn(username);
      const { application_token, id: tokenId } = await server.createToken(bearer);
      assert.equal((await as('admin', 'DELETE', `${base}/${id}`)).status, 204);
      for (const reference of [id, username]) {
        const answer = await as('admin', 'GET', `${base}/${reference}`);
        assert.deepEqual([answer.status, answer.json.error_code], [404, 1201]);
      }
      assert.equal((await as('admin', 'DELETE', `${base}/${id}`)).status, 404);
      assert.equal((await server.call('GET', `${base}/my`, { bearer })).status, 401);
      assert.equal((await server.authenticate({ refresh_token })).status, 401);
      const refused = await server.authenticate({ application_token });
      assert.deepEqual([refused.status, refused.json.error_code], [401, 1102]);
      const token = (await as('admin', 'GET', `/api/v1/application_token/${tokenId}`)).json;
      assert.deepEqual([token.status.id, token.creator], [1, null]);
      const events = (await as('admin', 'GET', `/api/v1/event?q=user:${username}&sort=-id`)).json;
      assert.deepEqual(events[0].user, { id, username, name: 'Person' });
      assert.ok(events.some((event: { event_type: { id: number } }) => event.event_type.id === 1061));
      const revoked = (await as('admin', 'GET', '/api/v1/event?q=type:1022&sort=-id')).json[0];
      assert.equal(revoked.detail.application_token_id, tokenId);
      const again = await as('admin', 'POST', base, { username, name: 'Another' });
      assert.equal(again.status, 201);
      assert.notEqual(Number(again.headers.get('location')?.split('/').at(-1)), id);
    });

    test('v2 deletes a user as well', async () => {
      const { id } = await create();
      assert.equal((await as('admin', 'DELETE', `/api/v2/user/${id}`)).status, 204);
      assert.equal((await as('admin', 'GET', `${base}/${id}`)).status, 404);
    });

    test('deleting may hand the application tokens over, with the roles that they had (security E 61)', async () => {
      const { id, username } = await create();
      const { auth_token: bearer } = await server.signIn(username);
      const { application_token, id: tokenId } = await server.createToken(bearer);
      assert.equal((await as('admin', 'DELETE', `${base}/${id}?transfer_to=${ids['second']}`)).status, 204);
      const exchanged = await server.authenticate({ application_token });
      assert.equal(exchanged.status, 200);
      const token = (await as('admin', 'GET', `/api/v1/application_token/${tokenId}`)).json;
      assert.deepEqual([token.creator.id, token.status.id], [ids['second'], 0]);
      assert.deepEqual(token.roles, [{ id: 2, name: 'User' }], 'not those of an Administrator');
      const event = (await as('admin', 'GET', '/api/v1/event?q=type:1072&sort=-id')).json[0];
      assert.deepEqual([event.user.id, event.detail.application_token_id], [ids['second'], tokenId]);
    });

    test('tokens are handed over only to somebody active in the same organisation who may do what they may', async () => {
      const { id, username } = await create({ roles: [{ id: 1 }] });
      const { auth_token: bearer } = await server.signIn(username);
      const { application_token } = await server.createToken(bearer, { roles: [{ id: 1 }] });
      const suspended = (await create()).id;
      await as('admin', 'PATCH', `${base}/${suspended}`, { status: { id: 2 } });
      const heirs = [ids['user'], ids['labs'], ids['stranger'], suspended, id, 999_999, 'x', '', '1&transfer_to=2'];
      for (const heir of heirs) {
        const [message = ''] = messagesOf(await as('admin', 'DELETE', `${base}/${id}?transfer_to=${heir}`));
        assert.match(message, /transfer_to/, String(heir));
      }
      assert.equal(await statusOf(id), 1);
      assert.equal(await exchange(application_token), 200);
    });

    test('a role is given and taken, twice is the same as once, and no token ends', async () => {
      const { id, username } = await create();
      const { auth_token: bearer } = await server.signIn(username);
      const rolesOf = async () =>
        (await as('admin', 'GET', `${base}/${id}`)).json.roles.map((r: { id: number }) => r.id);
      const list = async () => (await server.call('GET', base, { bearer })).status;
      assert.equal(await list(), 403);
      for (const _ of [1, 2]) assert.equal((await as('admin', 'PUT', `${base}/${id}/role/1`)).status, 204);
      assert.deepEqual(await rolesOf(), [1, 2]);
      assert.equal(await list(), 200, 'our API sees it at once');
      for (const _ of [1, 2]) assert.equal((await as('admin', 'DELETE', `${base}/${id}/role/1`)).status, 204);
      assert.deepEqual(await rolesOf(), [2]);
      assert.equal(await list(), 403);
      const event = (await as('admin', 'GET', '/api/v1/event?q=type:1015&sort=-id')).json[0];
      assert.deepEqual(event.detail.before, ['Administrator', 'User']);
      assert.equal((await as('admin', 'DELETE', `${base}/${id}/role/2`)).status, 204);
      assert.equal((await server.call('GET', `${base}/my`, { bearer })).status, 401, 'without a role there is nothing');
      assert.equal((await server.authenticate({ username, password: testPassword })).status, 401);
      assert.equal((await as('admin', 'PUT', `${base}/${id}/role/3`)).status, 204);
      await server.signIn(username);
    });

    test('a role that there is not is 404, one above the own 403, and Service is for nobody', async () => {
      const { id } = await create();
      for (const method of ['PUT', 'DELETE']) {
        for (const role of [0, 6, 99, 'x', -1]) {
          const answer = await as('admin', method, `${base}/${id}/role/${role}`);
          assert.deepEqual([answer.status, answer.json.error_code], [404, 1201], String(role));
        }
        assert.equal((await as('admin', method, `${base}/${id}/role/4`)).status, 403);
        refusedRule(await as('super', method, `${base}/${id}/role/5`));
        assert.equal((await as('admin', method, `${base}/999999/role/2`)).status, 404);
        assert.equal((await as('user', method, `${base}/${id}/role/2`)).status, 403);
        assert.equal((await as('stranger', method, `${base}/${id}/role/2`)).status, 404);
      }
      assert.equal((await as('super', 'PUT', `${base}/${id}/role/4`)).status, 204);
    });

    test('nobody edits or takes over an account with a role above their own', async () => {
      const path = `${base}/${ids['super']}`;
      const changes = [{ username: freshName() }, { name: 'x' }, { status: { id: 2 } }];
      for (const body of changes) assert.equal((await as('admin', 'PATCH', path, body)).status, 403);
      assert.equal((await as('admin', 'DELETE', path)).status, 403);
      assert.equal((await as('admin', 'DELETE', `${path}/role/4`)).status, 403);
      assert.equal((await as('super', 'PATCH', `${base}/${ids['second']}`, { name: 'Second' })).status, 204);
    });

    test('the permissions of a user follow the roles', async () => {
      const permissions = async (who: string, of: unknown) =>
        (await as(who, 'GET', `${base}/${of}/role/permission`)).json as string[];
      const own = await permissions('user', 'my');
      assert.ok(own.includes('application_token.change_own') && !own.includes('user.create'), String(own));
      assert.deepEqual(await permissions('admin', ids['user']), own);
      assert.ok((await permissions('admin', 'my')).includes('user.create'));
      assert.equal((await as('user', 'GET', `${base}/${ids['admin']}/role/permission`)).status, 403);
    });

    test('the events of a user are for the user, and for whoever may see all', async () => {
      const path = `${base}/${ids['user']}/event`;
      for (const who of ['user', 'observer', 'admin', 'super']) {
        const { status, json } = await as(who, 'GET', path);
        assert.equal(status, 200, who);
        assert.ok(json.length > 0 && json.every((event: { user: { id: number } }) => event.user.id === ids['user']));
      }
      assert.equal((await as('user', 'GET', `${base}/${ids['observer']}/event`)).status, 403);
      assert.equal((await as('stranger', 'GET', path)).status, 404);
    });

    test('an application token reads users, and manages none, whatever its roles (security F 77)', async () => {
      const { application_token } = await server.createToken(bearers['super'] ?? '', { roles: [{ id: 1 }, { id: 4 }] });
      const bearer = (await server.authenticate({ application_token })).json.auth_token;
      const call = (method: string, path: string, body?: object) =>
        server.call(method, path, { bearer, ...(body === undefined ? {} : { body }) });
      assert.equal((await call('GET', base)).status, 200);
      const user = ids['user'];
      const refused = [
        ['POST', base, { username: freshName(), name: 'x' }],
        ['POST', '/api/v2/user/invitation', { username: freshName(), name: 'x' }],
        ['PATCH', `${base}/${user}`, { name: 'x' }],
        ['PATCH', `${base}/my`, { name: 'x' }],
        ['DELETE', `${base}/${user}`, undefined],
        ['PUT', `${base}/${user}/role/3`, undefined],
        ['DELETE', `${base}/${user}/role/2`, undefined],
        ['PATCH', `/api/v2/user/${user}/workspace/${acme.id}`, { status: { id: 2 } }],
        ['DELETE', `/api/v2/user/${user}/workspace/${acme.id}`, undefined],
        ['PUT', `/api/v2/user/${user}/workspace/${acme.id}/role/3`, undefined],
        ['PUT', `/api/v2/user/${user}/default_organisation/${acme.id}`, undefined],
        ['PATCH', '/api/v1/organisation/my', { name: 'x' }],
      ] as const;
      for (const [method, path, body] of refused) {
        assert.equal((await call(method, path, body)).status, 403, `${method} ${path}`);
      }
    });

    test('a call without a bearer makes and changes nobody, whoever its body names (CVE-2025-61928)', async () => {
      const body = { username: freshName(), name: 'x', user_id: ids['admin'], userId: ids['admin'], sub: 'user:1' };
      for (const [method, path] of [
        ['POST', base],
        ['PATCH', `${base}/${ids['user']}`],
        ['DELETE', `${base}/${ids['user']}`],
        ['PUT', `${base}/${ids['user']}/role/1`],
        ['POST', '/api/v2/user/invitation'],
        ['POST', '/api/v1/authenticate/workspace'],
      ] as const) {
        const answer = await server.call(method, path, { body });
        assert.equal(answer.status, 401, path);
        assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
      }
    });
  });
}
