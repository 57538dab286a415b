import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createApplicationToken } from '../../packages/server/src/domain/application-token.ts';
import { callerOfUser } from '../../packages/server/src/domain/caller.ts';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { callOAuth, type OAuthCallOptions } from '../support/oauth-call.ts';
import { claimsOf, startTestServer, storeKinds, type TestServer, testActor } from '../support/test-server.ts';

const roles = ['Administrator', 'User', 'Observer'] as const;

for (const kind of storeKinds) {
  describe(`POST /oauth2/revoke on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    const bearers = new Map<string, string>();

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationId = (await server.addOrganisation('Acme')).id;
      for (const role of roles) {
        const username = `${role.toLowerCase()}@example.com`;
        await server.addUser({ username, organisationId, role });
        bearers.set(role, (await server.signIn(username)).auth_token);
      }
      const foreign = await server.addOrganisation('Foreign');
      await server.addUser({ username: 'foreign@example.com', organisationId: foreign.id });
      bearers.set('foreign', (await server.signIn('foreign@example.com')).auth_token);
    });
    after(() => server.close());

    const bearerOf = (who: string): string => bearers.get(who) ?? '';
    const make = (who: string, body?: object) => server.createToken(bearerOf(who), body);
    const revoke = (token: string, options: OAuthCallOptions) => callOAuth(server, 'revoke', { token }, options);
    const requireDone = async (token: string, options: OAuthCallOptions): Promise<void> => {
      const answer = await revoke(token, options);
      assert.deepEqual([answer.status, answer.text], [200, '{}'], answer.text);
    };
    const works = async (body: object) => (await server.authenticate(body)).status === 200;
    const latestEvent = async () =>
      (await server.call('GET', '/api/v1/event?sort=-id&per_page=1', { bearer: bearerOf('Administrator') })).json[0];

    test('an application token is revoked on the next exchange, with the event of a revocation', async () => {
      const made = await make('User');
      const answer = await revoke(made.application_token, { bearer: bearerOf('Administrator') });
      assert.equal(answer.status, 200);
      assert.equal(await works({ application_token: made.application_token }), false);
      const event = await latestEvent();
      assert.deepEqual([event.event_type.id, event.request_id], [1022, answer.headers.get('x-request-id')]);
      assert.match(event.description, new RegExp(`token ${made.id} .*by administrator@example.com`));
    });

    test('who may revoke it is who may over the API: administrators any, users their own, observers none', async () => {
      const api = async (who: string, id: number) => {
        const body = { status: { id: 1 } };
        return (await server.call('PATCH', `/api/v1/application_token/${id}`, { bearer: bearerOf(who), body })).status;
      };
      for (const who of roles) {
        for (const maker of roles) {
          const [one, other] = [await make(maker), await make(maker)];
          const status = (await revoke(one.application_token, { bearer: bearerOf(who) })).status;
          assert.equal(status, (await api(who, other.id)) === 204 ? 200 : 403, `${who} revokes what ${maker} made`);
          assert.equal(await works({ application_token: one.application_token }), status === 403);
        }
      }
      const refused = await revoke((await make('User')).application_token, { bearer: bearerOf('Observer') });
      assert.equal(refused.json.error, 'insufficient_scope');
      assert.match(refused.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/);
    });

    test('a client revokes its own token where its roles permit that, and as little as over the API else', async () => {
      const own = await make('User');
      const basic = [own.id, own.application_token] as const;
      const others = await make('Administrator');
      const refused = await revoke(others.application_token, { basic });
      assert.deepEqual([refused.status, refused.json.error], [403, 'unauthorized_client']);
      assert.equal(await works({ application_token: others.application_token }), true);
      await requireDone(own.application_token, { basic });
      assert.equal(await works({ application_token: own.application_token }), false);
      assert.equal((await revoke(own.application_token, { basic })).status, 401, 'it is no client any more');
    });

    test('an unknown token is 200, and so is one that is revoked, expired or of no form (security E 63)', async () => {
      const bearer = bearerOf('Administrator');
      const made = await make('Administrator');
      await requireDone(made.application_token, { bearer });
      const expired = await server.signIn('user@example.com');
      server.clock.advance({ days: 31 });
      for (const role of roles)
        bearers.set(role, (await server.signIn(`${role.toLowerCase()}@example.com`)).auth_token);
      bearers.set('foreign', (await server.signIn('foreign@example.com')).auth_token);
      const mistyped = made.application_token.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
      const dead = [made.application_token, expired.auth_token, expired.refresh_token];
      for (const token of [...dead, mistyped, 'x', 'a.b.c', '\u0000', 'x'.repeat(20_000)]) {
        for (const who of roles) await requireDone(token, { bearer: bearerOf(who) });
      }
    });

    test("another organisation's token is 200 and works on: nobody learns that it exists", async () => {
      const made = await make('Administrator');
      const { auth_token, refresh_token } = await server.signIn('user@example.com');
      for (const token of [made.application_token, auth_token, refresh_token]) {
        await requireDone(token, { bearer: bearerOf('foreign') });
      }
      assert.equal(await works({ application_token: made.application_token }), true);
      assert.equal(await works({ refresh_token }), true);
    });

    test('a main organisation revokes what belongs to its direct children', async () => {
      const child = await server.addOrganisation(`Child on ${kind}`, organisationId);
      await server.addUser({ username: 'child@example.com', organisationId: child.id });
      const { auth_token, refresh_token } = await server.signIn('child@example.com');
      const made = await server.createToken(auth_token);
      const bearer = bearerOf('Administrator');
      await requireDone(made.application_token, { bearer });
      await requireDone(refresh_token, { bearer });
      assert.equal(await works({ application_token: made.application_token }), false);
      assert.equal(await works({ refresh_token }), false);
    });

    test('a rotated secret revokes the token as long as it works itself, and nothing after that', async () => {
      const bearer = bearerOf('Administrator');
      const rotate = async (overlap_seconds: number) => {
        const made = await make('Administrator');
        const path = `/api/v1/application_token/${made.id}/rotate`;
        const { json } = await server.call('POST', path, { bearer, body: { overlap_seconds } });
        return { before: made.application_token, now: String(json.application_token) };
      };
      const gone = await rotate(0);
      await requireDone(gone.before, { bearer });
      assert.equal(await works({ application_token: gone.now }), true);
      const overlapping = await rotate(60);
      await requireDone(overlapping.before, { bearer });
      assert.equal(await works({ application_token: overlapping.now }), false);
    });

    test('a refresh token, or an auth token of its session, ends the session, with an event', async () => {
      const client = await make('Observer');
      const callers: OAuthCallOptions[] = [
        { bearer: bearerOf('Administrator') },
        { basic: [client.id, client.application_token] },
      ];
      for (const options of callers) {
        for (const name of ['refresh_token', 'auth_token'] as const) {
          const tokens = await server.signIn('user@example.com');
          const other = await server.signIn('user@example.com');
          await requireDone(tokens[name], options);
          assert.equal(await works({ refresh_token: tokens.refresh_token }), false);
          const called = await server.call('GET', '/api/v1/user/my', { bearer: tokens.auth_token });
          assert.equal(called.status, 401);
          assert.equal(await works({ refresh_token: other.refresh_token }), true, 'another session goes on');
          const event = await latestEvent();
          assert.deepEqual(
            [event.event_type.id, event.detail.session_ids],
            [1001, [claimsOf(tokens.auth_token)['sid']]],
          );
        }
      }
    });

    test('a user signs out with the bearer that is to end', async () => {
      const { auth_token, refresh_token } = await server.signIn('user@example.com');
      await requireDone(auth_token, { bearer: auth_token });
      assert.equal(await works({ refresh_token }), false);
    });

    test('the auth token of an application token can’t end by itself: unsupported_token_type', async () => {
      const { application_token } = await make('User');
      const { auth_token } = (await server.authenticate({ application_token })).json;
      const answer = await revoke(auth_token, { bearer: bearerOf('User') });
      assert.deepEqual([answer.status, answer.json.error], [400, 'unsupported_token_type']);
      assert.equal(await works({ application_token }), true);
    });

    test('the role Service revokes nothing', async () => {
      const caller = await callerOfUser(server.service, 'administrator@example.com', testActor.client);
      const service = { ...caller, roles: caller.roles | roleSet('Service') };
      const { id, application_token } = await createApplicationToken(server.service, service, () => ({
        roles: [{ id: 5 }],
      }));
      const basic = [id, application_token] as const;
      const { refresh_token } = await server.signIn('user@example.com');
      for (const token of [application_token, refresh_token]) {
        assert.equal((await revoke(token, { basic })).status, 403);
      }
      assert.equal(await works({ refresh_token }), true);
    });

    test('nobody revokes without credentials, and `token` has to be there', async () => {
      const { refresh_token } = await server.signIn('user@example.com');
      for (const options of [{}, { bearer: refresh_token }, { basic: ['1', refresh_token] as const }]) {
        assert.equal((await revoke(refresh_token, options)).status, 401);
      }
      const bearer = bearerOf('User');
      const missing = await callOAuth(server, 'revoke', 'token_type_hint=refresh_token', { bearer });
      assert.deepEqual([missing.status, missing.json.error], [400, 'invalid_request']);
      const inQuery = await server.call('POST', `/oauth2/revoke?token=${refresh_token}`, { bearer });
      assert.equal(inQuery.status, 400);
      assert.equal(await works({ refresh_token }), true);
    });
  });
}
