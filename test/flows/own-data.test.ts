import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { enrolTotp } from '../support/second-factor.ts';
import {
  claimsOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

const path = '/api/v1/user/my/data';
const username = 'jane@example.com';

for (const store of storeKinds) {
  describe(`what the service keeps about a user, on ${store}`, () => {
    let server: TestServer;
    let bearer: string;
    let elsewhere: number;

    before(async () => {
      server = await startTestServer({ store });
      const { id: organisationId } = await server.addOrganisation('Acme');
      await server.addUser({ username, organisationId });
      await server.addUser({ username: 'other@example.com', organisationId });
      elsewhere = (await server.addOrganisation('Elsewhere')).id;
      const other = await server.signIn('other@example.com');
      await server.createToken(other.auth_token, { description: "somebody else's" });
      const jane = await server.service.database.findUserByUsername(username);
      assert.ok(jane);
      await server.service.database.upsertAssignment({
        userId: jane.id,
        organisationId: elsewhere,
        roles: roleSet('User'),
        createdAt: server.clock.now(),
      });
      bearer = (await server.signIn(username)).auth_token;
    });
    after(() => server.close());

    test('is one document with everything of theirs, in whatever organisation, and nothing of others', async () => {
      const body = { target_organisation: { id: elsewhere } };
      const there = (await server.call('POST', '/api/v1/authenticate/workspace', { bearer, body })).json.auth_token;
      await server.createToken(there, { description: 'made elsewhere' });
      await server.createToken(bearer, { description: 'made at home' });
      await enrolTotp(server, bearer);
      await server.authenticate({ username, password: 'not the password' });
      await server.flush();
      const answer = await server.call('GET', path, { bearer });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="keywright-data.json"');
      assert.equal(answer.headers.get('cache-control'), 'private, no-store');
      const { gathered, user, workspaces, sessions, application_tokens, events, ...rest } = answer.json;
      assert.equal(gathered, new Date(server.clock.now()).toISOString());
      assert.deepEqual([user.username, user.language, user.mfa], [username, 'en', undefined]);
      assert.deepEqual(
        workspaces.map(({ name }: { name: string }) => name),
        ['Acme', 'Elsewhere'],
      );
      assert.deepEqual(
        sessions.map(({ id }: { id: number }) => id),
        [claimsOf(bearer)['sid']],
      );
      assert.deepEqual(
        application_tokens.map(({ description }: { description: string }) => description),
        ['made elsewhere', 'made at home'],
      );
      assert.deepEqual(
        [rest.second_factors.length, rest.recovery_codes, rest.trusted_devices, typeof rest.password_changed],
        [1, 0, [], 'string'],
      );
      assert.ok(events.length >= 5);
      for (const event of events) assert.equal(event.user.username, username);
      const types = new Set(events.map(({ event_type }: { event_type: { id: number } }) => event_type.id));
      for (const type of [6, 1000, 1020, 1065]) assert.ok(types.has(type), `there is an event of type ${type}`);
    });

    test('holds no secret: no hash, no token, no secret of a second factor', async () => {
      const { application_token } = await server.createToken(bearer);
      const { text } = await server.call('GET', path, { bearer });
      for (const secret of [application_token, testPassword, 'argon2', 'secret_key', 'sealed', 'hash', 'eyJ', bearer]) {
        assert.equal(text.includes(secret), false, secret);
      }
    });

    test('is for the user in person: no application token reads it, and no operator who acts as them', async () => {
      const { application_token } = await server.createToken(bearer);
      const program = (await server.authenticate({ application_token })).json.auth_token;
      assert.equal((await server.call('GET', path, { bearer: program })).status, 403);
      const operator = await server.addUser({ username: 'operator@example.com', organisationId: elsewhere });
      await addOperator(server.service, testActor, operator);
      const { auth_token } = await server.signIn('operator@example.com');
      const { json } = await server.call('POST', `/api/v2/user/${username}/support_token`, {
        bearer: auth_token,
        body: { role: '3' },
      });
      assert.equal((await server.call('GET', path, { bearer: json.support_token })).status, 403);
    });
  });
}

for (const store of storeKinds) {
  describe(`the language of a user, and whether there is a second factor, on ${store}`, () => {
    let server: TestServer;
    let bearer: string;
    before(async () => {
      server = await startTestServer({ store });
      const { id: organisationId } = await server.addOrganisation('Acme');
      await server.addUser({ username, organisationId });
      await server.addUser({ username: 'other@example.com', organisationId, role: 'User' });
      bearer = (await server.signIn(username)).auth_token;
    });
    after(() => server.close());

    test('one changes the own language, in which mails come from then on', async () => {
      const change = (body: object) => server.call('PATCH', '/api/v1/user/my', { bearer, body });
      assert.equal((await change({ language: 'de' })).status, 204);
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer })).json.language, 'de');
      const events = (await server.call('GET', '/api/v1/event?q=type:1060', { bearer })).json;
      assert.deepEqual(events[0]?.detail.changed, ['language']);
      assert.equal((await change({ language: 'de' })).status, 204);
      assert.equal((await server.call('GET', '/api/v1/event?q=type:1060', { bearer })).json.length, 1);
      for (const language of ['fr', 'DE', '', null, 7]) {
        const answer = await change({ language });
        assert.deepEqual([answer.status, answer.json.errors?.[0].error_code], [422, 1403], String(language));
      }
      const user = await server.service.database.findUserByUsername(username);
      assert.equal(user?.language, 'de');
    });

    test('administrators find the users without a second factor', async () => {
      const find = async (value: boolean): Promise<string[]> => {
        const { json } = await server.call('GET', `/api/v1/user?q=second_factor:${value}`, { bearer });
        return json.map((user: { username: string }) => user.username);
      };
      assert.deepEqual([await find(false), await find(true)], [[username, 'other@example.com'], []]);
      await enrolTotp(server, bearer);
      assert.deepEqual([await find(false), await find(true)], [['other@example.com'], [username]]);
      assert.equal((await server.call('GET', '/api/v1/user?sort=second_factor', { bearer })).status, 422);
    });
  });
}
