import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { issueSetupKey } from '../../packages/server/src/domain/setup.ts';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { type ApiOperation, readApiOperations } from '../support/api-operations.ts';
import { type BadInputScene, openBadInputScene } from '../support/bad-input-scene.ts';
import { createProbe, type ProbeAnswer } from '../support/probe.ts';
import { beginFactor, enrolTotp, mailsFor } from '../support/second-factor.ts';
import { startTestServer, testActor, testPassword } from '../support/test-server.ts';
import { type WrongBody, wrongBodies } from '../support/wrong-bodies.ts';

/** What has to be right for the rest of an operation's body to be looked at. */
interface Way {
  /** What stands in the place of its path's parameters. */
  readonly path?: Readonly<Record<string, string | number>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Properties that nobody knows, or nobody may set: they are passed over, whatever they are. */
const passedOver = { 'no such property': [null], created: 7, creator: 'x', prefix: {}, __typename: null };

/** Keys that are looked up before the rest of the body is looked at: another text is a wrong key. */
const keys = new Set(['activationKey', 'setup_key']);

/** What tells the forms of `authenticate` from each other: without it the body is of another form, or of none. */
const formProperties = new Set(['application_token', 'refresh_token', 'credential']);

/** What a request of each operation needs to come as far as its body. */
async function findWays({ server, bearer, username, tokenId, organisationId }: BadInputScene) {
  await enrolTotp(server, bearer);
  const { id: keyId } = await beginFactor(server, bearer, 1);
  const administrator = await server.service.database.findUserByUsername(username);
  assert.ok(administrator);
  await addOperator(server.service, testActor, administrator);
  const user = await server.addUser({ username: 'user@example.com', organisationId, role: 'User' });
  const pending = { username: 'pending@example.com', name: 'x' };
  assert.equal((await server.call('POST', '/api/v1/user', { bearer, body: pending })).status, 201);
  const link = (await mailsFor(server, pending.username)).at(-1)?.data['link'] ?? '';
  const activation: Way = { body: { activationKey: new URL(link).searchParams.get('activationKey') } };
  const ofToken: Way = { path: { id: tokenId } };
  const ofUser: Way = { path: { user_id: user.id, workspace_id: organisationId } };
  const ofKey: Way = { path: { user_id: 'my', key_id: keyId } };
  const ways: Readonly<Record<string, Way>> = {
    authenticate: {},
    signIn: {},
    challengeSecondFactor: {},
    createApplicationToken: {},
    updateApplicationToken: ofToken,
    rotateApplicationToken: ofToken,
    createUser: {},
    updateUser: ofUser,
    switchWorkspace: {},
    inviteUser: {},
    updateWorkspace: ofUser,
    previewActivation: activation,
    activateUser: activation,
    activateInvitedUser: activation,
    resendActivation: {},
    requestPasswordReset: {},
    signUp: {},
    changePassword: {},
    createMfaKey: {},
    activateMfaKey: ofKey,
    createRecoveryCodes: {},
    deleteMfaKey: ofKey,
    createSupportToken: ofUser,
    updateOrganisation: { path: { id: 'my' } },
  };
  return ways;
}

/** Each wrong body of an operation that is refused for what is wrong with it. */
function wrongBodiesOf({ id, body }: ApiOperation, right: Way['body'] = {}): WrongBody[] {
  assert.ok(body, `${id} takes a body`);
  return (body.anyOf ?? [body])
    .flatMap((form) => wrongBodies(form, right))
    .filter(({ property, problem, value }) => {
      if ((id === 'authenticate' || id === 'signIn') && problem === 'Required' && formProperties.has(property))
        return false;
      return !(keys.has(property) && typeof value === 'string');
    });
}

/** That a body was refused for one property, under its name, and for nothing else. */
function requireNamed({ status, json, text }: ProbeAnswer, { property, problem, value }: WrongBody, id: string): void {
  const what = `${id}, ${property} ${JSON.stringify(value)?.slice(0, 50) ?? 'missing'}: ${status} ${text}`;
  assert.deepEqual([status, json?.error_code, json?.error_token], [422, 1400, 'InputValidationFailed'], what);
  assert.equal(json.errors.length, 1, what);
  const [error] = json.errors;
  assert.ok(` ${error.message} `.includes(` ${property} `), what);
  assert.equal(error.error_token, problem, what);
}

describe('properties that are not what they should be (security G 80)', () => {
  let scene: BadInputScene;
  let operations: readonly ApiOperation[];
  let ways: Readonly<Record<string, Way>>;
  let untouched: object;

  before(async () => {
    scene = await openBadInputScene('sqlite');
    operations = await readApiOperations(scene.server.url);
    ways = await findWays(scene);
    untouched = await scene.read();
  });
  after(() => scene.close());

  test('each operation that takes a body is among those tried here', () => {
    const withBody = operations.filter(({ body }) => body !== undefined).map(({ id }) => id);
    assert.deepEqual(withBody.sort(), [...Object.keys(ways), 'setUp'].sort());
  });

  test('a property that is missing, of a wrong type or out of range is 422 by its name, and alone', async () => {
    let count = 0;
    for (const operation of operations) {
      const way = ways[operation.id];
      if (way === undefined) continue;
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(way.path?.[name]));
      for (const wrong of wrongBodiesOf(operation, way.body)) {
        const body = { ...passedOver, ...(wrong.body as object) };
        const { headers } = operation;
        requireNamed(await scene.send(operation.method, path, { body, headers }), wrong, operation.id);
        count += 1;
      }
    }
    assert.ok(count > 400, `${count} bodies`);
  });

  test('a number beyond what JSON or an id can hold is 422 by its name', async () => {
    const { send } = scene;
    const path = `/api/v1/application_token/${scene.tokenId}`;
    const numbers = [
      '1e400',
      '-1e400',
      '9007199254740993',
      '99999999999999999999',
      '2147483648',
      '-1',
      '1.0000000001',
      '-0.5',
    ];
    for (const number of numbers) {
      const minutes = await send('POST', '/api/v1/application_token', { body: `{"auth_token_minutes":${number}}` });
      const roles = await send('POST', '/api/v1/application_token', { body: `{"roles":[{"id":${number}}]}` });
      const status = await send('PATCH', path, { body: `{"status":{"id":${number}}}` });
      for (const [answer, property] of [
        [minutes, 'auth_token_minutes'],
        [roles, 'roles'],
        [status, 'status'],
      ] as const) {
        assert.equal(answer.status, 422, `${property} ${number}: ${answer.text}`);
        assert.ok(answer.text.includes(property), `${property} ${number}: ${answer.text}`);
      }
    }
  });

  test('none of it did anything, and no failure was logged', async () => {
    assert.deepEqual(await scene.read(), untouched);
    await scene.requireIntact();
  });

  test('a set-up with a wrong property is 422 by its name, and its key still works', async (t) => {
    const server = await startTestServer({ store: 'sqlite', env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
    const probe = createProbe(server.url);
    t.after(() => {
      probe.close();
      return server.close();
    });
    const setup_key = await issueSetupKey(server.service);
    const operation = operations.find(({ id }) => id === 'setUp');
    assert.ok(operation);
    const right = { setup_key, username: 'x@example.com', password: testPassword, name: 'x', organisation: 'x' };
    const send = (body: object) => probe.send('POST', '/api/v1/setup', { body: { ...passedOver, ...body } });
    for (const wrong of wrongBodiesOf(operation, right)) {
      requireNamed(await send(wrong.body as object), wrong, operation.id);
    }
    assert.equal((await send(right)).status, 204);
  });
});
