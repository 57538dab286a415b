import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type ApiOperation, readApiOperations } from '../support/api-operations.ts';
import { type BadInputScene, openBadInputScene } from '../support/bad-input-scene.ts';
import { naughtyTexts } from '../support/naughty-texts.ts';
import { fillIn, type Meanings, type RandomRequest, randomRequest } from '../support/random-request.ts';
import { beginFactor } from '../support/second-factor.ts';
import { storeKinds, testPassword } from '../support/test-server.ts';

const runs = { sqlite: 1500, postgres: 600 } as const;
const ownIds = ['organisation', 'administrator', 'user', 'spare user', 'application token', 'role', 'second factor']
  .length;

for (const kind of storeKinds) {
  describe(`random requests on ${kind} (security G 80)`, () => {
    let scene: BadInputScene;
    let operations: readonly ApiOperation[];

    before(async () => {
      scene = await openBadInputScene(kind);
      operations = await readApiOperations(scene.server.url);
    });
    after(() => scene.close());

    test('each is answered with a status that its operation declares, and none with a failure', async () => {
      const callers = await createCallers(scene);
      const statuses = new Map<string, Set<number>>();
      const requests = randomRequest(operations, meaningsOf(scene, callers.tokens.length));
      const send = async ({ operation, path, body, caller }: RandomRequest): Promise<void> => {
        const { method, id, headers } = operation;
        const where = fillIn(path, callers.ids);
        const filled = typeof body === 'string' ? fillIn(body, callers.ids) : undefined;
        const bearer = callers.tokens[caller];
        const { status, text } = await scene.send(method, where, { body: filled, bearer, headers });
        assert.ok(
          operation.statuses.has(status),
          `${method} ${where.slice(0, 200)} is not declared to answer ${status}: ${text}`,
        );
        statuses.set(id, (statuses.get(id) ?? new Set()).add(status));
        if (status === 401 && !operation.isPublic) await callers.noteRefusal(caller);
      };
      await fc.assert(fc.asyncProperty(requests, send), { seed: 20_270_310, numRuns: runs[kind], endOnFailure: true });
      assert.equal(statuses.size, operations.length, 'each operation was tried');
      const succeeded = [...statuses.values()].filter((each) => [...each].some((status) => status < 300));
      assert.ok(succeeded.length > operations.length / 2, `${succeeded.length} operations did something`);
    });

    test('after all of it the server answers, nothing of others is lost, and no failure was logged', () =>
      scene.requireIntact());
  });
}

/** Callers of each kind. A request may end the session of one, or close its organisation to it: then others take over. */
async function createCallers({ server }: BadInputScene) {
  let count = 0;
  const tokens: (string | undefined)[] = [];
  const ids: number[] = [];
  const addCaller = async (organisationId: number, role: 'Administrator' | 'User') => {
    count += 1;
    const username = `caller-${count}@example.com`;
    const { id } = await server.addUser({ username, organisationId, role });
    return { id, bearer: (await server.signIn(username)).auth_token };
  };
  async function renew(): Promise<void> {
    const organisation = await server.addOrganisation('Callers');
    const administrator = await addCaller(organisation.id, 'Administrator');
    const user = await addCaller(organisation.id, 'User');
    const spare = await addCaller(organisation.id, 'User');
    const token = await server.createToken(administrator.bearer, { roles: [{ id: 1 }] });
    const factor = await beginFactor(server, user.bearer, 0);
    const { application_token } = token;
    const program: string = (await server.authenticate({ application_token })).json.auth_token;
    tokens.splice(0, 3, administrator.bearer, user.bearer, program);
    ids.splice(0, ownIds, organisation.id, administrator.id, user.id, spare.id, token.id, 2, factor.id);
  }
  await renew();
  tokens.push(tokens[0], undefined, 'no.bearer.token');
  /** To be told who was answered 401. */
  const noteRefusal = async (caller: number): Promise<void> => {
    if (caller > 3) return;
    await renew();
    tokens[3] = tokens[0];
  };
  return { tokens, ids, noteRefusal };
}

function meaningsOf({ username, organisationId, tokenId }: BadInputScene, callers: number): Meanings {
  const naughty = naughtyTexts.map(({ text }) => text).filter((text, index) => index % 4 === 0 && text.length <= 512);
  const passwords = [
    testPassword,
    testPassword,
    'quaint otters juggle lemons',
    'password',
    '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
  ];
  const usernames = [
    username,
    'caller-1@example.com',
    'caller-2@example.com',
    'New@example.com',
    'n\u00eaw@example.com',
    'no address',
  ];
  return {
    texts: {
      any: [...naughty, 'x', '1', '3', '123456', 'my'],
      username: usernames,
      name: ['Ada Lovelace', 'x'],
      password: passwords,
      old_password: passwords,
      new_password: passwords,
      role: ['1', '3', 'User', 'Observer,Administrator'],
      grant_type: ['client_credentials'],
      client_id: [String(tokenId)],
      ip: ['10.0.0.0/8', '2001:db8::/32', '10.1.2.3/8', '127.0.0.1'],
      expiry_date: ['2029-10-29', '2029-10-29T10:00:00+02:00', '2021-10-29', '2029-02-30'],
    },
    parameters: {
      id: ['own 4', 'own 0', 'my'],
      user_id: ['my', 'own 1', 'own 2', 'own 3'],
      workspace_id: ['own 0'],
      role_id: ['2', '3'],
      key_id: ['own 6'],
    },
    ids: [0, 1, 2, 3, 4, 5, organisationId, tokenId, -1, 2 ** 31, Number.MAX_SAFE_INTEGER],
    ownIds,
    callers,
  };
}
