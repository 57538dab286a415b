import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RoleName } from '@keywright/contract';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { beginFactor } from '../support/second-factor.ts';
import { type Answer, startTestServer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';

const roles = ['SuperAdmin', 'Administrator', 'User', 'Observer'] as const satisfies readonly RoleName[];
type Column = (typeof roles)[number];

/** Who is calling, and whom about. */
interface Scene {
  readonly bearer: string;
  readonly organisationId: number;
  /** Another workspace that the caller is assigned to. */
  readonly otherWorkspaceId: number;
  /** Somebody else at home in the same organisation. */
  readonly other: { readonly id: number };
  /** Lets that one begin to set a second factor up, and answers its id. */
  beginOthersFactor(): Promise<number>;
  call(method: string, path: string, body?: object): Promise<Answer>;
  freshName(): string;
}

interface PermissionRow {
  readonly what: string;
  readonly permitted: readonly Column[];
  /** The status where it is permitted. */
  readonly status: number;
  /** Whether it changes the caller, who is made anew for it. */
  readonly changesCaller?: true;
  readonly call: (scene: Scene) => Promise<Answer>;
}

const everyone = roles;
const administrators = ['SuperAdmin', 'Administrator'] as const;
const user = '/api/v1/user';

/** The rows of the contract's permission table (§6) that are about people. */
const table: readonly PermissionRow[] = [
  {
    what: 'create workspace users',
    permitted: administrators,
    status: 201,
    call: ({ call, freshName }) => call('POST', user, { username: freshName(), name: 'x' }),
  },
  {
    what: 'invite workspace users',
    permitted: administrators,
    status: 201,
    call: ({ call, freshName }) =>
      call('POST', '/api/v2/user/invitation', { username: freshName(), name: 'x', roles: [{ id: 2 }] }),
  },
  { what: 'list workspace users', permitted: administrators, status: 200, call: ({ call }) => call('GET', user) },
  {
    what: 'read a workspace user',
    permitted: administrators,
    status: 200,
    call: ({ call, other }) => call('GET', `${user}/${other.id}`),
  },
  {
    what: "list a workspace user's workspaces",
    permitted: administrators,
    status: 200,
    call: ({ call, other }) => call('GET', `/api/v2/user/${other.id}/workspace`),
  },
  {
    what: 'update a workspace user',
    permitted: administrators,
    status: 204,
    call: ({ call, other }) => call('PATCH', `${user}/${other.id}`, { name: 'x', status: { id: 2 } }),
  },
  {
    what: 'delete a workspace user',
    permitted: administrators,
    status: 204,
    call: ({ call, other }) => call('DELETE', `${user}/${other.id}`),
  },
  {
    what: "change a workspace user's roles",
    permitted: administrators,
    status: 204,
    call: ({ call, other }) => call('PUT', `${user}/${other.id}/role/3`),
  },
  {
    what: "take a workspace user's roles",
    permitted: administrators,
    status: 204,
    call: ({ call, other }) => call('DELETE', `${user}/${other.id}/role/2`),
  },
  {
    what: "change a user's roles in the workspace",
    permitted: administrators,
    status: 204,
    call: ({ call, other, organisationId }) =>
      call('PUT', `/api/v2/user/${other.id}/workspace/${organisationId}/role/3`),
  },
  {
    what: 'suspend a user in the workspace',
    permitted: administrators,
    status: 204,
    call: ({ call, other, organisationId }) =>
      call('PATCH', `/api/v2/user/${other.id}/workspace/${organisationId}`, { status: { id: 2 } }),
  },
  {
    what: 'take a user from the workspace',
    permitted: administrators,
    status: 204,
    call: ({ call, other, organisationId }) => call('DELETE', `/api/v2/user/${other.id}/workspace/${organisationId}`),
  },
  {
    what: 'change the organisation',
    permitted: administrators,
    status: 204,
    call: ({ call }) => call('PATCH', '/api/v1/organisation/my', { name: 'Acme' }),
  },
  {
    what: 'change their own password',
    changesCaller: true,
    permitted: everyone,
    status: 204,
    call: ({ call }) =>
      call('PATCH', `${user}/password`, { old_password: testPassword, new_password: 'quite another password' }),
  },
  {
    what: 'change their own name',
    permitted: everyone,
    status: 204,
    call: ({ call }) => call('PATCH', `${user}/my`, { name: 'x' }),
  },
  {
    what: 'set an MFA key of their own up',
    changesCaller: true,
    permitted: everyone,
    status: 200,
    call: ({ call }) => call('POST', `${user}/mfa`, { type: { id: 0 }, password: testPassword }),
  },
  {
    what: 'list their own trusted devices',
    permitted: everyone,
    status: 200,
    call: ({ call }) => call('GET', `${user}/my/mfa/trusted_device`),
  },
  {
    what: "remove others' MFA keys",
    permitted: administrators,
    status: 204,
    call: async ({ call, other, beginOthersFactor }) =>
      call('DELETE', `${user}/${other.id}/mfa/${await beginOthersFactor()}`),
  },
  {
    what: "list others' trusted devices",
    permitted: administrators,
    status: 200,
    call: ({ call, other }) => call('GET', `${user}/${other.id}/mfa/trusted_device`),
  },
  {
    what: 'switch between assigned workspaces',
    changesCaller: true,
    permitted: everyone,
    status: 200,
    call: ({ call, otherWorkspaceId }) =>
      call('POST', '/api/v1/authenticate/workspace', { target_organisation: { id: otherWorkspaceId } }),
  },
  {
    what: 'list their own workspaces',
    permitted: everyone,
    status: 200,
    call: ({ call }) => call('GET', '/api/v2/user/my/workspace'),
  },
  {
    what: 'leave a workspace',
    changesCaller: true,
    permitted: everyone,
    status: 204,
    call: ({ call, otherWorkspaceId }) => call('DELETE', `/api/v2/user/my/workspace/${otherWorkspaceId}`),
  },
];

for (const kind of storeKinds) {
  describe(`the permission table for people on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let otherWorkspaceId: number;
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationId = (await server.addOrganisation('Acme')).id;
      otherWorkspaceId = (await server.addOrganisation('Other')).id;
      await server.addUser({ username: 'first@example.com', organisationId });
    });
    after(() => server.close());

    const freshName = () => `person${++count}@example.com`;

    const callers = new Map<RoleName, string>();

    async function callerOf(role: RoleName, isNew: boolean): Promise<string> {
      const known = callers.get(role);
      if (known !== undefined && !isNew) return known;
      const username = freshName();
      const caller = await server.addUser({ username, organisationId, role });
      const place = { userId: caller.id, organisationId: otherWorkspaceId, roles: roleSet('User') };
      await server.service.database.insertAssignment({ ...place, status: 1, createdAt: server.clock.now() });
      const { auth_token } = await server.signIn(username);
      if (!isNew) callers.set(role, auth_token);
      return auth_token;
    }

    async function sceneOf(role: RoleName, isNew = false): Promise<Scene> {
      const bearer = await callerOf(role, isNew);
      const { id, username } = await server.addUser({ username: freshName(), organisationId, role: 'User' });
      return {
        bearer,
        organisationId,
        otherWorkspaceId,
        other: { id },
        freshName,
        async beginOthersFactor() {
          return (await beginFactor(server, (await server.signIn(username)).auth_token, 0)).id;
        },
        call: (method, path, body) => server.call(method, path, { bearer, ...(body === undefined ? {} : { body }) }),
      };
    }

    for (const { what, permitted, status, changesCaller = false, call } of table) {
      for (const role of roles) {
        const may = (permitted as readonly RoleName[]).includes(role);
        test(`${role} ${may ? 'may' : 'may not'} ${what}`, async () => {
          const answer = await call(await sceneOf(role, changesCaller));
          assert.equal(answer.status, may ? status : 403, answer.text);
        });
      }
    }

    test('whoever may not do something is refused before it is looked whom and what about', async () => {
      const { call } = await sceneOf('User');
      for (const id of ['999999', 'nobody@example.com', 'first@example.com']) {
        for (const [method, path, body] of [
          ['GET', `${user}/${id}`],
          ['PATCH', `${user}/${id}`, { name: 7 }],
          ['DELETE', `${user}/${id}?transfer_to=x`],
          ['PUT', `${user}/${id}/role/99`],
          ['GET', `/api/v2/user/${id}/workspace`],
          ['PATCH', `/api/v2/user/${id}/workspace/999999`, { status: 'x' }],
          ['DELETE', `/api/v2/user/${id}/workspace/${organisationId}`],
          ['PUT', `/api/v2/user/${id}/workspace/${organisationId}/role/99`],
          ['PUT', `/api/v2/user/${id}/default_organisation/${otherWorkspaceId}`],
        ] as const) {
          const answer = await call(method, path, body);
          assert.deepEqual([answer.status, answer.json.error_code], [403, 1104], `${method} ${path}`);
        }
      }
      assert.equal((await call('POST', user, { username: 7 })).status, 403);
      assert.equal((await call('GET', `${user}?q=nope:1`)).status, 403);
      assert.equal((await call('PATCH', '/api/v1/organisation/999999', { name: 7 })).status, 403);
    });
  });
}
