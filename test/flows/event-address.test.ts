import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { EventResource } from '@keywright/contract';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { beginFactor, createTotpApp } from '../support/second-factor.ts';
import {
  behindProxy,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';
import { waitingMails } from '../support/waiting-mail.ts';

const username = 'jane@example.com';
const own = '198.51.100.1';
const ofAdmin = '203.0.113.9';
const ofOperator = '203.0.113.77';
const ofStranger = '192.0.2.66';

for (const kind of storeKinds) {
  describe(`from where somebody else acted, on ${kind}`, () => {
    let server: TestServer;
    let home: number;
    let jane: number;
    let adminId: number;
    let bearer: string;
    let admin: string;

    before(async () => {
      server = await startTestServer({ store: kind, env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off' } });
      home = (await server.addOrganisation('Home')).id;
      const { id: elsewhere } = await server.addOrganisation('Elsewhere');
      jane = (await server.addUser({ username, organisationId: home, role: 'Observer' })).id;
      adminId = (await server.addUser({ username: 'admin@example.com', organisationId: home })).id;
      await server.addUser({ username: 'chief@example.com', organisationId: elsewhere });
      const operator = await server.addUser({ username: 'operator@example.com', organisationId: elsewhere });
      await addOperator(server.service, testActor, operator);
      await server.service.database.upsertAssignment({
        userId: jane,
        organisationId: elsewhere,
        roles: roleSet('User'),
        createdAt: server.clock.now(),
      });
      bearer = await signIn(username, own);
      admin = await signIn('admin@example.com', ofAdmin);
      assert.equal((await as(admin, ofAdmin, 'PATCH', `/api/v1/user/${jane}`, { name: 'Jane' })).status, 204);
      const chief = await signIn('chief@example.com', ofAdmin);
      const place = `/api/v2/user/${jane}/workspace/${elsewhere}/role/3`;
      assert.equal((await as(chief, ofAdmin, 'PUT', place)).status, 204);
      const path = `/api/v2/user/${jane}/support_token`;
      const supported = await as(await signIn('operator@example.com', ofOperator), ofOperator, 'POST', path, {});
      assert.equal(supported.status, 201, supported.text);
      await giveRole({ given: 2, taken: 3 });
      await server.authenticate({ username, password: 'a guess' }, { from: ofStranger });
      await server.flush();
    });
    after(() => server.close());

    async function signIn(name: string, from: string): Promise<string> {
      const answer = await server.authenticate({ username: name, password: testPassword }, { from });
      assert.equal(answer.status, 200, answer.text);
      return answer.json.auth_token;
    }

    const as = (token: string, from: string, method: string, path: string, body?: object) =>
      server.call(method, path, { bearer: token, from, ...(body === undefined ? {} : { body }) });

    async function giveRole({ given, taken }: { given: number; taken: number }): Promise<void> {
      for (const [method, role] of [
        ['PUT', given],
        ['DELETE', taken],
      ] as const) {
        assert.equal((await as(admin, ofAdmin, method, `/api/v1/user/${jane}/role/${role}`)).status, 204);
      }
    }

    const ownEvents = async (): Promise<EventResource[]> =>
      (await as(bearer, own, 'GET', '/api/v1/user/my/event?per_page=1000')).json;
    const ownData = async () => (await as(bearer, own, 'GET', '/api/v1/user/my/data')).json;
    const addressesOf = (events: readonly EventResource[]) => new Set(events.map(({ detail }) => detail?.['address']));
    const find = (events: readonly EventResource[], type: number) =>
      events.find(({ event_type }) => event_type.id === type);

    test('the person whom it concerns sees who it was, and not the address, in events and in the own data', async () => {
      for (const events of [await ownEvents(), (await ownData()).events as EventResource[]]) {
        const renamed = find(events, 1060);
        assert.match(renamed?.description ?? '', /changed by admin@example\.com$/);
        assert.deepEqual([renamed?.detail?.['acting_user_id'], renamed?.detail?.['address']], [adminId, undefined]);
        assert.match(find(events, 13)?.description ?? '', /operator operator@example\.com acts as/);
        const text = JSON.stringify(events);
        for (const address of [ofAdmin, ofOperator]) assert.equal(text.includes(address), false, address);
      }
    });

    test('where they signed in from themselves, and from where somebody unknown tried to, they see', async () => {
      for (const events of [await ownEvents(), (await ownData()).events as EventResource[]]) {
        assert.equal(find(events, 1000)?.detail?.['address'], own);
        assert.equal(find(events, 6)?.detail?.['address'], ofStranger);
      }
    });

    test('administrators see the addresses in the events of the user', async () => {
      const { json: events } = await as(admin, ofAdmin, 'GET', `/api/v1/user/${jane}/event?per_page=1000`);
      const addresses = addressesOf(events);
      assert.ok(addresses.has(ofAdmin) && addresses.has(ofOperator));
    });

    test('mails of what others did say who it was, and not from where', async () => {
      const joe = await server.addUser({ username: 'joe@example.com', organisationId: home, role: 'User' });
      const token = await signIn(joe.username, own);
      const { id: factorId, secret_key } = await beginFactor(server, token, 0);
      const code = { status: { id: 1 }, code: createTotpApp(server, factorId, secret_key).code() };
      assert.equal((await as(token, own, 'PATCH', `/api/v1/user/mfa/${factorId}`, code)).status, 204);
      assert.equal((await as(admin, ofAdmin, 'DELETE', `/api/v1/user/${joe.id}/mfa/${factorId}`)).status, 204);
      const { id } = (await as(token, own, 'POST', '/api/v1/application_token', {})).json;
      assert.equal((await as(admin, ofAdmin, 'POST', `/api/v1/application_token/${id}/rotate`, {})).status, 200);
      const told = (await waitingMails(server, joe.username)).map(({ template, data }) => [
        template,
        data['address'],
        data['by'],
      ]);
      assert.deepEqual(told, [
        ['factor_changed', own, undefined],
        ['factor_changed', undefined, 'admin@example.com'],
        ['application_token_created', own, undefined],
        ['application_token_rotated', undefined, 'admin@example.com'],
      ]);
    });

    test('whoever sees the events of the organisation sees the addresses in it, and in no other', async () => {
      await giveRole({ given: 3, taken: 2 });
      const events = await ownEvents();
      assert.ok(addressesOf(events).has(ofAdmin));
      const { events: data } = await ownData();
      const ofOrganisation = (name: string) =>
        addressesOf((data as EventResource[]).filter(({ organisation }) => organisation?.name === name));
      assert.ok(ofOrganisation('Home').has(ofAdmin) && ofOrganisation('Home').has(ofOperator));
      assert.deepEqual([...ofOrganisation('Elsewhere')], [undefined]);
    });
  });
}
