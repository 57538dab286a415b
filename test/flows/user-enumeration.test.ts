import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answerMailRequests } from '../../packages/server/src/domain/mail-request-answer.ts';
import { queryStore } from '../support/store-rows.ts';
import { type Answer, startTestServer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';
import { followLink, lastKey, waitingMails } from '../support/waiting-mail.ts';

const base = '/api/v1/user';

/** What a caller sees of an answer, but for what differs between any two calls, with the user's id and name left open. */
function seenOf({ status, headers, text }: Answer, { id, username }: { id: number; username: string }): object {
  const open = (value: string): string =>
    value
      .replaceAll(username, '{username}')
      .replaceAll(username.toUpperCase(), '{USERNAME}')
      .replaceAll(encodeURIComponent(username), '{username}')
      .replaceAll(new RegExp(`\\b${id}\\b`, 'g'), '{id}')
      .replaceAll(/"request_id":"[^"]*"|"id":\d+,(?="timestamp")/g, '');
  const kept = [...headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name));
  return { status, headers: kept.map(([name, value]) => [name, open(value)]), body: open(text) };
}

for (const kind of storeKinds) {
  describe(`who exists elsewhere, as seen from outside, on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let home: number;
    let bearer: string;
    let homeBearer: string;
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationId = (await server.addOrganisation('Curious')).id;
      home = (await server.addOrganisation('Home')).id;
      for (const [username, id] of [
        ['curious@example.com', organisationId],
        ['home@example.com', home],
      ] as const) {
        await server.addUser({ username, organisationId: id });
      }
      bearer = (await server.signIn('curious@example.com')).auth_token;
      homeBearer = (await server.signIn('home@example.com')).auth_token;
      // Ids that are found in an answer where they stand for the user, and nowhere else.
      await queryStore(
        server.store,
        kind === 'sqlite'
          ? "UPDATE sqlite_sequence SET seq = 900000 WHERE name = 'user_account'"
          : "SELECT setval(pg_get_serial_sequence('user_account', 'id'), 900000)",
      );
    });
    after(() => server.close());

    const call = (method: string, path: string, body?: unknown) =>
      server.call(method, path, { bearer, ...(body === undefined ? {} : { body }) });
    const idOf = (answer: Answer) => Number(answer.headers.get('location')?.split('/').at(-1));
    /** One name that exists elsewhere, and one that does not. */
    async function twoNames(status: 0 | 1 | 2 = 1): Promise<[existing: string, fresh: string]> {
      const number = 100 + ++count;
      const existing = `existing${number}@example.com`;
      const user = await server.addUser({ username: existing, organisationId: home });
      if (status !== 1) await server.service.database.updateUser(user.id, { status });
      return [existing, `unknown${number}@example.com`];
    }

    for (const [what, path] of [
      ['POST /user', base],
      ['POST /user/invitation', '/api/v2/user/invitation'],
    ] as const) {
      test(`${what} and every call after it answer alike for a name that exists elsewhere and one that does not`, async () => {
        for (const status of [1, 2, 0] as const) {
          const seen: object[][] = [];
          for (const username of await twoNames(status)) {
            const answers = [await call('POST', path, { username, name: 'Ada', roles: [{ id: 2 }] })];
            const id = idOf(answers[0] as Answer);
            const user = `${base}/${id}`;
            const workspace = `/api/v2/user/${id}/workspace`;
            for (const [method, where, body] of [
              ['GET', user],
              ['GET', `${base}/${encodeURIComponent(username)}`],
              ['GET', `${base}?q=username:${username}`],
              ['GET', `${user}/role/permission`],
              ['GET', `${user}/session`],
              ['GET', `${user}/event`],
              ['GET', `${user}/mfa/trusted_device`],
              ['GET', workspace],
              ['POST', path, { username, name: 'Ada' }],
              ['POST', base, { username, name: 'Ada' }],
              ['PUT', `${user}/role/3`],
              ['DELETE', `${user}/role/2`],
              ['PATCH', `${workspace}/${organisationId}`, { status: { id: 2 } }],
              ['PATCH', user, { name: 'Grace', status: { id: 1 } }],
              ['PATCH', user, { name: 'Grace' }],
              ['PATCH', user, { status: { id: 2 } }],
              ['GET', user],
              ['PATCH', user, { status: { id: 1 } }],
              ['GET', user],
              ['PATCH', user, { username: username.toUpperCase() }],
              ['PATCH', user, { username }],
              ['PUT', `/api/v2/user/${id}/default_organisation/${organisationId}`],
              ['GET', `${user}/event?sort=-id`],
              ['DELETE', `${workspace}/${organisationId}`],
              ['GET', user],
              ['PUT', `${user}/role/2`],
              ['DELETE', user],
              ['GET', user],
              ['GET', `${base}/${encodeURIComponent(username)}`],
              ['POST', path, { username, name: 'Ada' }],
            ] as const) {
              answers.push(await call(method, where, body));
            }
            seen.push(
              answers.map((answer, index) => ({
                index,
                ...seenOf(answer, { id: index === answers.length - 1 ? idOf(answer) : id, username }),
              })),
            );
          }
          assert.deepEqual(seen[0], seen[1]);
          assert.deepEqual(
            seen[0]?.slice(0, 3).map((one) => (one as { status: number }).status),
            [201, 200, 200],
          );
        }
      });
    }

    test('a pending user who gets another name answers alike, whether that name exists elsewhere or not', async () => {
      const seen: object[] = [];
      for (const username of await twoNames()) {
        const id = idOf(await call('POST', base, { username: `mistyped${++count}@example.com`, name: 'Ada' }));
        const about = { id, username };
        const renamed = await call('PATCH', `${base}/${id}`, { username });
        const read = await call('GET', `${base}/${encodeURIComponent(username)}`);
        seen.push([seenOf(renamed, about), seenOf(read, about)]);
        assert.equal((await waitingMails(server, username)).length, 1);
      }
      assert.deepEqual(seen[0], seen[1]);
      assert.equal((seen[0] as { status: number }[])[1]?.status, 200);
    });

    test('what strangers do with the name tells its maker nothing: it is in no event that they see', async () => {
      for (const status of [1, 2, 0] as const) {
        const seen: object[] = [];
        for (const username of await twoNames(status)) {
          const id = idOf(await call('POST', base, { username, name: 'Ada' }));
          for (const _ of [1, 2, 3, 4]) await server.authenticate({ username, password: 'a wrong password' });
          const body = { username };
          await server.call('POST', `${base}/activation_resend`, { body });
          await server.call('POST', `${base}/password_reset`, { body });
          const signUp = { ...body, password: 'a password of nobody', name: 'Ada', organisation: 'Own' };
          await server.call('POST', '/api/v1/signup', { body: signUp });
          await server.flush();
          await answerMailRequests(server.service);
          const events = await call('GET', `${base}/${id}/event?sort=-id`);
          assert.deepEqual(
            events.json.map((event: { event_type: { id: number } }) => event.event_type.id),
            [1010],
          );
          seen.push(seenOf(events, { id, username }), (await call('GET', '/api/v1/event?q=type:6')).json.length);
        }
        assert.deepEqual(seen.slice(0, 2), seen.slice(2));
      }
    });

    test('ids go on in one row without a gap, so they do not tell either', async () => {
      const [existing, unknown] = await twoNames();
      const [alsoExisting, alsoUnknown] = await twoNames();
      const ids: number[] = [];
      for (const username of [unknown, existing, alsoExisting, alsoUnknown]) {
        ids.push(idOf(await call('POST', base, { username, name: 'Ada' })));
      }
      const first = ids[0] ?? 0;
      assert.deepEqual(ids, [first, first + 1, first + 2, first + 3]);
    });

    test('many calls at once make one of a name, existing elsewhere or not', async () => {
      for (const username of await twoNames()) {
        const body = { username, name: 'Ada' };
        const answers = await Promise.all(Array.from({ length: 8 }, () => call('POST', base, body)));
        assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(409)]);
      }
    });

    test('nothing that is done to the invitation touches the account or shows in it', async () => {
      const [username] = await twoNames();
      const before = (await server.call('GET', `${base}/${username}`, { bearer: homeBearer })).json;
      const id = idOf(await call('POST', base, { username, name: 'Victim', roles: [{ id: 1 }] }));
      assert.notEqual(id, before.id);
      await call('PATCH', `${base}/${id}`, { name: 'Changed', status: { id: 2 } });
      await call('PATCH', `${base}/${id}`, { status: { id: 1 } });
      assert.deepEqual((await server.call('GET', `${base}/${username}`, { bearer: homeBearer })).json, before);
      assert.equal((await call('GET', `${base}/${before.id}`)).status, 404, 'the account itself stays unseen');
      await server.signIn(username);
      await call('DELETE', `${base}/${id}`);
      await server.signIn(username);
      assert.equal((await server.call('GET', `${base}/${username}`, { bearer: homeBearer })).json.id, before.id);
    });

    test('whoever accepts is assigned, keeps home and password, and the id goes on to mean them', async () => {
      const [username] = await twoNames();
      const account = (await server.call('GET', `${base}/${username}`, { bearer: homeBearer })).json;
      const id = idOf(await call('POST', base, { username, name: 'Victim', roles: [{ id: 3 }] }));
      assert.equal((await waitingMails(server, username)).at(-1)?.template, 'invitation');
      const own = (await server.signIn(username)).auth_token;
      assert.deepEqual(
        (await server.call('GET', '/api/v2/user/my/workspace', { bearer: own })).json.map(
          (one: { id: number; status: { id: number }; roles: { id: number }[] }) => [
            one.id,
            one.status.id,
            one.roles[0]?.id,
          ],
        ),
        [
          [organisationId, 0, 3],
          [home, 1, 1],
        ],
      );
      await followLink(server, username);
      for (const reference of [id, account.id, username]) {
        const { json } = await call('GET', `${base}/${reference}`);
        assert.deepEqual(
          [json.id, json.name, json.organisation.id, json.roles, json.status.id],
          [account.id, account.name, home, [{ id: 3, name: 'Observer' }], 1],
        );
      }
      await server.signIn(username);
      const events = (await call('GET', `/api/v1/event?q=user:${username}`)).json;
      assert.deepEqual(
        events.map((event: { event_type: { id: number } }) => event.event_type.id),
        [1010, 1082],
      );
      const listed = (await call('GET', `${base}?q=username:${username}`)).json;
      assert.deepEqual(
        listed.map((one: { id: number }) => one.id),
        [account.id],
      );
    });

    test('the roles and the withdrawal of an invitation count as they are when it is accepted', async () => {
      const [changed] = await twoNames();
      const id = idOf(await call('POST', base, { username: changed, name: 'x', roles: [{ id: 1 }] }));
      await call('PUT', `${base}/${id}/role/3`);
      await call('DELETE', `${base}/${id}/role/1`);
      await followLink(server, changed);
      assert.deepEqual((await call('GET', `${base}/${id}`)).json.roles, [{ id: 3, name: 'Observer' }]);

      for (const withdraw of [
        (one: number) => call('DELETE', `${base}/${one}`),
        (one: number) => call('PATCH', `${base}/${one}`, { status: { id: 2 } }),
        (one: number) => call('DELETE', `/api/v2/user/${one}/workspace/${organisationId}`),
      ]) {
        const [username] = await twoNames();
        const invited = idOf(await call('POST', base, { username, name: 'x' }));
        assert.equal((await withdraw(invited)).status, 204);
        const activationKey = await lastKey(server, username);
        const refused = await server.call('POST', '/api/v2/user/activation', { body: { activationKey } });
        assert.equal(refused.status, 403);
      }
    });

    test('whoever declines is not assigned, and the inviter sees no difference', async () => {
      const [username] = await twoNames();
      const id = idOf(await call('POST', base, { username, name: 'Ada' }));
      const before = (await call('GET', `${base}/${id}`)).json;
      const own = (await server.signIn(username)).auth_token;
      const path = `/api/v2/user/my/workspace/${organisationId}`;
      assert.equal((await server.call('DELETE', path, { bearer: own })).status, 204);
      assert.equal((await server.call('DELETE', path, { bearer: own })).status, 404);
      assert.equal((await server.call('GET', '/api/v2/user/my/workspace', { bearer: own })).json.length, 1);
      assert.deepEqual((await call('GET', `${base}/${id}`)).json, before);
      const body = { activationKey: await lastKey(server, username) };
      assert.equal((await server.call('POST', '/api/v2/user/activation', { body })).status, 403);
      const events = (await call('GET', '/api/v1/event?sort=-id&per_page=3')).text;
      assert.equal(events.includes('decline'), false);
    });

    test('a name that somebody else made and nobody uses belongs to who is followed first', async () => {
      const username = `unused${++count}@example.com`;
      const squatted = await server.call('POST', base, { bearer: homeBearer, body: { username, name: 'x' } });
      const id = idOf(await call('POST', base, { username, name: 'Ada', roles: [{ id: 2 }] }));
      await followLink(server, username, testPassword);
      const { json } = await call('GET', `${base}/${id}`);
      assert.equal(json.organisation.id, organisationId, 'whose invitation was accepted is home');
      const path = `${base}/${idOf(squatted)}`;
      const taken = await server.call('PATCH', path, { bearer: homeBearer, body: { username: 'mine@example.com' } });
      assert.equal(taken.status, 403);
      const { auth_token } = await server.signIn(username);
      const target = { target_organisation: { id: home } };
      const entered = await server.call('POST', '/api/v1/authenticate/workspace', { bearer: auth_token, body: target });
      assert.equal(entered.status, 401, 'the place that was never accepted waits');
    });
  });
}
