import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { enrolTotp, signInWithTotp } from '../support/second-factor.ts';
import { dumpStore } from '../support/store-rows.ts';
import { startTestServer, storeKinds, type TestServer, testActor } from '../support/test-server.ts';

/** An account that the administrator at home must not touch, with something of each kind to touch. */
interface Target {
  readonly id: number;
  readonly keyId: number;
  readonly deviceId: number;
  readonly sessionId: number;
}

type Attempt = (target: Target) => [method: string, path: string, body?: object];

const user = '/api/v1/user';

/** Every call by which an administrator could take an account over, or look into it. */
const attempts: Readonly<Record<string, Attempt>> = {
  'change the username': ({ id }) => ['PATCH', `${user}/${id}`, { username: 'taken@example.com' }],
  'change the name': ({ id }) => ['PATCH', `${user}/${id}`, { name: 'Taken' }],
  suspend: ({ id }) => ['PATCH', `${user}/${id}`, { status: { id: 2 } }],
  delete: ({ id }) => ['DELETE', `${user}/${id}`],
  'list the sessions': ({ id }) => ['GET', `${user}/${id}/session`],
  'end a session': ({ id, sessionId }) => ['DELETE', `${user}/${id}/session/${sessionId}`],
  'end every session': ({ id }) => ['DELETE', `${user}/${id}/session`],
  'list the trusted devices': ({ id }) => ['GET', `${user}/${id}/mfa/trusted_device`],
  'remove a trusted device': ({ id, deviceId }) => ['DELETE', `${user}/${id}/mfa/trusted_device/${deviceId}`],
  'remove a second factor': ({ id, keyId }) => ['DELETE', `${user}/${id}/mfa/${keyId}`],
};

for (const kind of storeKinds) {
  describe(`an account above one's own rank on ${kind}`, () => {
    let server: TestServer;
    let home: number;
    let elsewhere: number;
    let admin: string;
    let superAdmin: string;
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      home = (await server.addOrganisation('Home')).id;
      elsewhere = (await server.addOrganisation('Elsewhere')).id;
      await server.addUser({ username: 'admin@example.com', organisationId: home });
      await server.addUser({ username: 'super@example.com', organisationId: home, role: 'SuperAdmin' });
      admin = (await server.signIn('admin@example.com')).auth_token;
      superAdmin = (await server.signIn('super@example.com')).auth_token;
    });
    after(() => server.close());

    /** A plain user at home with a session, a second factor and a trusted device. */
    async function createTarget(): Promise<Target> {
      const username = `target${++count}@example.com`;
      const { id } = await server.addUser({ username, organisationId: home, role: 'User' });
      const app = await enrolTotp(server, (await server.signIn(username)).auth_token);
      const device = { fingerprint: `device ${count}`, operating_system: 'Linux', browser: 'Firefox' };
      const { auth_token: bearer } = await signInWithTotp(server, username, app, device);
      const devices = await server.call('GET', `${user}/my/mfa/trusted_device`, { bearer });
      const sessions = await server.call('GET', `${user}/my/session`, { bearer });
      return { id, keyId: app.id, deviceId: devices.json[0].id, sessionId: sessions.json[0].id };
    }

    /** What puts somebody above an Administrator. */
    const elevations: Readonly<Record<string, (id: number) => Promise<unknown>>> = {
      'is SuperAdmin at home': (id) => place(id, home, 1),
      'is SuperAdmin elsewhere': (id) => place(id, elsewhere, 1),
      'is SuperAdmin elsewhere, where the place is suspended': (id) => place(id, elsewhere, 2),
      'is SuperAdmin elsewhere, where the place is yet to be accepted': (id) => place(id, elsewhere, 0),
      'is a platform operator': async (id) => {
        const found = await server.service.database.findUser(id);
        assert.ok(found);
        await addOperator(server.service, testActor, found);
      },
    };

    async function place(userId: number, organisationId: number, status: 0 | 1 | 2): Promise<void> {
      const roles = roleSet('SuperAdmin');
      const { database, clock } = server.service;
      const isNew = await database.insertAssignment({ userId, organisationId, roles, status, createdAt: clock.now() });
      if (!isNew) await database.changeAssignmentRoles(userId, organisationId, { added: roles, removed: 0 });
    }

    const attempt = (bearer: string, [method, path, body]: ReturnType<Attempt>) =>
      server.call(method, path, { bearer, ...(body === undefined ? {} : { body }) });

    for (const [what, elevate] of Object.entries(elevations)) {
      test(`an Administrator at home touches nothing of whoever ${what}`, async () => {
        const target = await createTarget();
        await elevate(target.id);
        const before = await dumpStore(server.store);
        for (const [name, describeCall] of Object.entries(attempts)) {
          const answer = await attempt(admin, describeCall(target));
          assert.deepEqual([answer.status, answer.json?.error_code], [403, 1104], `${name}: ${answer.text}`);
        }
        assert.equal(await dumpStore(server.store), before);
      });
    }

    test('who has the same rank, or a higher one, may do each of these', async () => {
      for (const [name, describeCall] of Object.entries(attempts)) {
        const [plain, above] = [await createTarget(), await createTarget()];
        await place(above.id, home, 1);
        for (const [bearer, target] of [
          [admin, plain],
          [superAdmin, above],
        ] as const) {
          const answer = await attempt(bearer, describeCall(target));
          assert.ok([200, 204].includes(answer.status), `${name}: ${answer.text}`);
          // The name is taken once.
          if (name === 'change the username') await server.call('DELETE', `${user}/${target.id}`, { bearer });
        }
      }
    });

    test('a default workspace of somebody above is no administrator’s to choose', async () => {
      const target = await createTarget();
      const child = await server.addOrganisation('Child', home);
      const path = `/api/v2/user/${target.id}/default_organisation/${child.id}`;
      const { database, clock } = server.service;
      const inChild = { userId: target.id, organisationId: child.id, roles: roleSet('User'), createdAt: clock.now() };
      await database.insertAssignment({ ...inChild, status: 1 });
      await place(target.id, elsewhere, 2);
      assert.equal((await server.call('PUT', path, { bearer: admin })).status, 403);
    });
  });
}
