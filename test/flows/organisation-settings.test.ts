import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTestServer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';

const my = '/api/v1/organisation/my';

for (const kind of storeKinds) {
  describe(`organisation settings on ${kind}`, () => {
    let server: TestServer;
    let child: number;
    let grandchild: number;
    const bearers: Record<string, string> = {};

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      const { id } = await server.addOrganisation('Acme');
      child = (await server.addOrganisation('Acme Labs', id)).id;
      grandchild = (await server.addOrganisation('Acme Labs Basement', child)).id;
      const stranger = (await server.addOrganisation('Stranger')).id;
      for (const [who, organisationId] of [
        ['admin', id],
        ['stranger', stranger],
      ] as const) {
        await server.addUser({ username: `${who}@example.com`, organisationId });
        bearers[who] = (await server.signIn(`${who}@example.com`)).auth_token;
      }
    });
    after(() => server.close());

    const as = (who: string, method: string, path: string, body?: object) =>
      server.call(method, path, { bearer: bearers[who], ...(body === undefined ? {} : { body }) });

    test('an organisation is shown with its settings', async () => {
      const { json } = await as('admin', 'GET', my);
      assert.deepEqual(json, {
        id: json.id,
        name: 'Acme',
        created: '2027-03-10T12:00:00.000Z',
        parent: null,
        mfa_required: false,
        sign_in_methods: ['password', 'password_and_second_factor'],
      });
    });

    test('name and required second factor are changed each by itself, with an event each', async () => {
      assert.equal((await as('admin', 'PATCH', my, { name: ' Acme Ltd ' })).status, 204);
      assert.deepEqual((await as('admin', 'GET', my)).json.name, 'Acme Ltd');
      assert.equal((await as('admin', 'PATCH', my, { mfa_required: true })).status, 204);
      assert.equal((await as('admin', 'PATCH', my, { mfa_required: true, name: 'Acme Ltd' })).status, 204);
      const { json } = await as('admin', 'GET', my);
      assert.deepEqual(
        [json.name, json.mfa_required, json.sign_in_methods],
        ['Acme Ltd', true, ['password_and_second_factor']],
      );
      const body = { username: 'admin@example.com', password: testPassword };
      assert.deepEqual(Object.keys((await server.authenticate(body)).json), ['mfa_token']);
      assert.equal((await as('admin', 'PATCH', my, { mfa_required: false })).status, 204);
      const types = (await as('admin', 'GET', '/api/v1/event?sort=-id')).json.map(
        (event: { event_type: { id: number } }) => event.event_type.id,
      );
      assert.deepEqual(
        types.filter((type: number) => type === 1071 || type === 1104),
        [1104, 1104, 1071],
      );
    });

    test('a SuperAdmin is asked for a second factor where a direct child of the main organisation requires one', async () => {
      const main = await server.addOrganisation('Main');
      const strict = await server.addOrganisation('Strict', main.id);
      const formsOf = async (username: string) =>
        Object.keys((await server.authenticate({ username, password: testPassword })).json);
      for (const role of ['SuperAdmin', 'Administrator'] as const) {
        await server.addUser({ username: `${role}@example.com`, organisationId: main.id, role });
      }
      const { auth_token: bearer } = await server.signIn('SuperAdmin@example.com');
      const body = { mfa_required: true };
      const changed = await server.call('PATCH', `/api/v1/organisation/${strict.id}`, { bearer, body });
      assert.equal(changed.status, 204);
      assert.deepEqual(await formsOf('SuperAdmin@example.com'), ['mfa_token']);
      assert.deepEqual(await formsOf('Administrator@example.com'), ['auth_token', 'refresh_token']);
    });

    test('what a body may not set is ignored, and what is wrong with it is said (CVE-2026-27946)', async () => {
      const before = (await as('admin', 'GET', my)).json;
      const readOnly = { id: 99, parent: { id: child }, parent_id: child, created: 'x', sign_in_methods: [] };
      assert.equal((await as('admin', 'PATCH', my, readOnly)).status, 204);
      assert.deepEqual((await as('admin', 'GET', my)).json, before);
      for (const body of [
        { name: '' },
        { name: 7 },
        { name: 'a\u0000b' },
        { mfa_required: 'yes' },
        { mfa_required: null },
      ]) {
        const { status, json } = await as('admin', 'PATCH', my, body);
        assert.deepEqual([status, json.error_code], [422, 1400], JSON.stringify(body));
      }
      assert.deepEqual((await as('admin', 'GET', my)).json, before);
    });

    test('the settings of a direct child are within reach, those of anybody else do not exist', async () => {
      assert.equal((await as('admin', 'PATCH', `/api/v1/organisation/${child}`, { name: 'Labs' })).status, 204);
      assert.equal((await as('admin', 'GET', `/api/v1/organisation/${child}`)).json.name, 'Labs');
      for (const id of [grandchild, 999_999, 'x']) {
        assert.equal((await as('admin', 'GET', `/api/v1/organisation/${id}`)).status, 404);
        assert.equal((await as('admin', 'PATCH', `/api/v1/organisation/${id}`, { name: 7 })).status, 404);
      }
      assert.equal((await as('stranger', 'PATCH', `/api/v1/organisation/${child}`, { name: 'Mine' })).status, 404);
      assert.equal((await as('admin', 'GET', `/api/v1/organisation/${child}`)).json.name, 'Labs');
    });
  });
}
