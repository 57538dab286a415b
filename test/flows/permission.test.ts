import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RoleName } from '@keywright/contract';
import { startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const base = '/api/v1/application_token';
const roles = ['SuperAdmin', 'Administrator', 'User', 'Observer'] as const satisfies readonly RoleName[];
type Column = (typeof roles)[number];

/** Who is calling, and what there is to call about. */
interface Scene {
  readonly server: TestServer;
  readonly bearer: string;
  /** An application token that the caller made. */
  readonly own: number;
  /** One that somebody else in the organisation made. */
  readonly others: number;
}

interface PermissionRow {
  readonly what: string;
  readonly permitted: readonly Column[];
  /** The status where it is permitted. */
  readonly status: number;
  readonly call: (scene: Scene) => Promise<{ readonly status: number }>;
}

const everyone = roles;
const administrators = ['SuperAdmin', 'Administrator'] as const;

/** The rows of the contract's permission table (§6), as far as there are calls for them. */
const table: readonly PermissionRow[] = [
  {
    what: 'create an application token',
    permitted: everyone,
    status: 200,
    call: ({ server, bearer }) => server.call('POST', base, { bearer, body: {} }),
  },
  {
    what: 'list the application tokens',
    permitted: everyone,
    status: 200,
    call: ({ server, bearer }) => server.call('GET', base, { bearer }),
  },
  {
    what: "read somebody else's application token",
    permitted: everyone,
    status: 200,
    call: ({ server, bearer, others }) => server.call('GET', `${base}/${others}`, { bearer }),
  },
  {
    what: 'edit an application token of their own',
    permitted: ['SuperAdmin', 'Administrator', 'User'],
    status: 204,
    call: ({ server, bearer, own }) => server.call('PATCH', `${base}/${own}`, { bearer, body: { description: 'x' } }),
  },
  {
    what: "edit somebody else's application token",
    permitted: administrators,
    status: 204,
    call: ({ server, bearer, others }) =>
      server.call('PATCH', `${base}/${others}`, { bearer, body: { expiry_date: '2030-01-01' } }),
  },
  {
    what: 'rotate an application token of their own',
    permitted: ['SuperAdmin', 'Administrator', 'User'],
    status: 200,
    call: ({ server, bearer, own }) => server.call('POST', `${base}/${own}/rotate`, { bearer, body: {} }),
  },
  {
    what: "rotate somebody else's application token",
    permitted: administrators,
    status: 200,
    call: ({ server, bearer, others }) => server.call('POST', `${base}/${others}/rotate`, { bearer, body: {} }),
  },
  {
    what: 'revoke an application token of their own',
    permitted: ['SuperAdmin', 'Administrator', 'User'],
    status: 204,
    call: ({ server, bearer, own }) => server.call('PATCH', `${base}/${own}`, { bearer, body: { status: { id: 1 } } }),
  },
  {
    what: "revoke somebody else's application token (security F 78)",
    permitted: administrators,
    status: 204,
    call: ({ server, bearer, others }) =>
      server.call('PATCH', `${base}/${others}`, { bearer, body: { status: { id: 1 } } }),
  },
  {
    what: 'read the events of the organisation',
    permitted: ['SuperAdmin', 'Administrator', 'Observer'],
    status: 200,
    call: ({ server, bearer }) => server.call('GET', '/api/v1/event', { bearer }),
  },
  {
    what: 'read their own events',
    permitted: everyone,
    status: 200,
    call: ({ server, bearer }) => server.call('GET', '/api/v1/user/my/event', { bearer }),
  },
  {
    what: 'read themselves',
    permitted: everyone,
    status: 200,
    call: ({ server, bearer }) => server.call('GET', '/api/v1/user/my', { bearer }),
  },
  {
    what: 'read their organisation',
    permitted: everyone,
    status: 200,
    call: ({ server, bearer }) => server.call('GET', '/api/v1/organisation/my', { bearer }),
  },
];

for (const kind of storeKinds) {
  describe(`the permission table on ${kind}`, () => {
    let server: TestServer;
    const bearers = new Map<RoleName, string>();

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      const { id: organisationId } = await server.addOrganisation('Acme');
      for (const role of roles) {
        const username = `${role.toLowerCase()}@example.com`;
        await server.addUser({ username, organisationId, role });
        bearers.set(role, (await server.signIn(username)).auth_token);
      }
      await server.addUser({ username: 'other@example.com', organisationId, role: 'User' });
      bearers.set('Service', (await server.signIn('other@example.com')).auth_token);
    });
    after(() => server.close());

    async function sceneOf(role: RoleName): Promise<Scene> {
      const bearer = bearers.get(role) ?? '';
      const { id: own } = await server.createToken(bearer);
      const { id: others } = await server.createToken(bearers.get('Service') ?? '');
      return { server, bearer, own, others };
    }

    for (const { what, permitted, status, call } of table) {
      for (const role of roles) {
        const may = (permitted as readonly RoleName[]).includes(role);
        test(`${role} ${may ? 'may' : 'may not'} ${what}`, async () => {
          assert.equal((await call(await sceneOf(role))).status, may ? status : 403);
        });
      }
    }

    test("a refused change leaves somebody else's token as it works (security F 78)", async () => {
      const { application_token, id } = await server.createToken(bearers.get('Administrator') ?? '');
      for (const role of ['User', 'Observer'] as const) {
        const bearer = bearers.get(role);
        assert.equal((await server.call('GET', `${base}/${id}`, { bearer })).status, 200);
        const refused = await server.call('PATCH', `${base}/${id}`, { bearer, body: { status: { id: 1 } } });
        assert.deepEqual([refused.status, refused.json.error_code, refused.json.error_token], [403, 1104, 'Forbidden']);
        assert.match(refused.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/);
      }
      assert.equal((await server.authenticate({ application_token })).status, 200);
    });

    test('whoever may not do something is refused before the input is looked at', async () => {
      const { own, others } = await sceneOf('Observer');
      const bearer = bearers.get('Observer');
      for (const id of [own, others, 999_999]) {
        assert.equal((await server.call('PATCH', `${base}/${id}`, { bearer, body: { ip: 7 } })).status, 403);
        assert.equal(
          (await server.call('POST', `${base}/${id}/rotate`, { bearer, body: { overlap_seconds: -1 } })).status,
          403,
        );
      }
      const user = bearers.get('User');
      assert.equal((await server.call('GET', '/api/v1/event?q=nope:1', { bearer: user })).status, 403);
      assert.equal((await server.call('PATCH', `${base}/${others}`, { bearer: user, body: { ip: 7 } })).status, 403);
      assert.equal((await server.call('PATCH', `${base}/999999`, { bearer: user, body: { ip: 7 } })).status, 404);
    });

    test('nobody hands on a role above their own', async () => {
      const grantable = { SuperAdmin: [4, 1, 2, 3], Administrator: [1, 2, 3], User: [2], Observer: [3] } as const;
      for (const role of roles) {
        for (const id of [1, 2, 3, 4, 5]) {
          const body = { roles: [{ id }] };
          const { status, json } = await server.call('POST', base, { bearer: bearers.get(role), body });
          const may = (grantable[role] as readonly number[]).includes(id);
          assert.equal(status, may ? 200 : 422, `${role} ${id}`);
          if (!may) assert.match(json.errors[0].message, /roles/);
        }
      }
    });
  });
}
