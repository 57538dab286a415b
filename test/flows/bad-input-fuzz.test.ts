import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type ApiOperation, readApiOperations } from '../support/api-operations.ts';
import { type BadInputScene, openBadInputScene } from '../support/bad-input-scene.ts';
import { naughtyTexts } from '../support/naughty-texts.ts';
import { type Meanings, type RandomRequest, randomRequest } from '../support/random-request.ts';
import { storeKinds, testPassword } from '../support/test-server.ts';

const runs = { sqlite: 1500, postgres: 600 } as const;
const sha1OfTestPassword = 'f6ab9bd8c1b9e8d95ed8a5f7a4b0a5b87d4e7b7d';

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
        const { method, id } = operation;
        const { status, text } = await scene.send(method, path, { body, bearer: callers.tokens[caller] });
        assert.ok(
          operation.statuses.has(status),
          `${method} ${path.slice(0, 200)} is not declared to answer ${status}: ${text}`,
        );
        statuses.set(id, (statuses.get(id) ?? new Set()).add(status));
        if (status === 401 && !operation.isPublic) await callers.noteRefusal(caller);
      };
      await fc.assert(fc.asyncProperty(requests, send), { seed: 20_270_310, numRuns: runs[kind], endOnFailure: true });
      assert.equal(statuses.size, operations.length, 'each operation was tried');
      const succeeded = [...statuses.values()].filter((each) => [...each].some((status) => status < 300));
      assert.ok(succeeded.length > operations.length / 3, `${succeeded.length} operations did something`);
    });

    test('after all of it the server answers, nothing of others is lost, and no failure was logged', () =>
      scene.requireIntact());
  });
}

/** Callers of each kind. A request may end the session of one, or close its organisation to it: then others take over. */
async function createCallers({ server }: BadInputScene) {
  let count = 0;
  const tokens: (string | undefined)[] = [];
  const addCaller = async (organisationId: number, role: 'Administrator' | 'User'): Promise<string> => {
    count += 1;
    const username = `caller-${count}@example.com`;
    await server.addUser({ username, organisationId, role });
    return (await server.signIn(username)).auth_token;
  };
  async function renew(): Promise<void> {
    const { id } = await server.addOrganisation('Callers');
    const administrator = await addCaller(id, 'Administrator');
    const { application_token } = await server.createToken(administrator, { roles: [{ id: 1 }] });
    const program: string = (await server.authenticate({ application_token })).json.auth_token;
    tokens.splice(0, 3, administrator, await addCaller(id, 'User'), program);
  }
  await renew();
  tokens.push(undefined, 'no.bearer.token');
  /** To be told who was answered 401. */
  const noteRefusal = async (caller: number): Promise<void> => {
    if (caller < 3) await renew();
  };
  return { tokens, noteRefusal };
}

function meaningsOf({ username, organisationId, tokenId }: BadInputScene, callers: number): Meanings {
  const meant = [username, testPassword, sha1OfTestPassword, 'caller-1@example.com', 'new@example.com', 'Ada Lovelace'];
  const formats = ['10.0.0.0/8', '2001:db8::/32', '10.1.2.3/8', '2029-10-29', '2029-10-29T10:00:00+02:00', '123456'];
  const naughty = naughtyTexts.map(({ text }) => text).filter((text, index) => index % 4 === 0 && text.length <= 512);
  return {
    texts: [...meant, ...meant, ...formats, ...formats, ...naughty],
    ids: [0, 1, 2, 3, 4, 5, 6, 7, 8, organisationId, tokenId, -1, 2 ** 31, Number.MAX_SAFE_INTEGER],
    callers,
  };
}
