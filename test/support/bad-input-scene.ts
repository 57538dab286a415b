import assert from 'node:assert/strict';
import { verifyEvents } from '../../packages/server/src/domain/event-integrity.ts';
import { createProbe, type Probe, type ProbeAnswer, type ProbeOptions } from './probe.ts';
import { type StoreKind, startTestServer, type TestServer } from './test-server.ts';

/** A server, an administrator who sends it bad input, and the data of others that must come through. */
export interface BadInputScene {
  readonly server: TestServer;
  /** The administrator's, of the organisation `organisationId`. */
  readonly bearer: string;
  readonly username: string;
  readonly organisationId: number;
  /** An application token of the administrator's. */
  readonly tokenId: number;
  /** Sends as the administrator, unless the options say otherwise. */
  send(method: string, path: string, options?: ProbeOptions): Promise<ProbeAnswer>;
  /** What the administrator's organisation has. */
  read(): Promise<object>;
  /** That the server still answers, lost nothing of the others' data, and logged no failure of its own. */
  requireIntact(): Promise<void>;
  close(): Promise<void>;
}

const tokenPath = '/api/v1/application_token';

/** Starts a scene without rate limits, which would soon be the answer to everything. */
export async function openBadInputScene(store: StoreKind): Promise<BadInputScene> {
  const server = await startTestServer({ store, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
  const probe = createProbe(server.url);
  const others = await addPeople(server, 'others@example.com');
  for (const description of ['one', 'two \u{1f511}', 'three']) await server.createToken(others.bearer, { description });
  const before = await readEverything(probe, others.bearer);
  const own = await addPeople(server, 'admin@example.com');
  const { id: tokenId } = await server.createToken(own.bearer, { description: 'untouched' });
  return {
    server,
    ...own,
    tokenId,
    send: (method, path, options = {}) => probe.send(method, path, { bearer: own.bearer, ...options }),
    read: () => readEverything(probe, own.bearer),
    async requireIntact() {
      assert.equal((await probe.send('GET', '/readyz')).status, 200);
      assert.deepEqual(await readEverything(probe, others.bearer), before);
      await server.flush();
      assert.deepEqual((await verifyEvents(server.service)).faults, []);
      const failures = server.logLines.filter((line) => /"level":"(?:error|fatal)"|"status":5\d\d/.test(line));
      assert.deepEqual(failures, []);
    },
    async close() {
      probe.close();
      await server.close();
    },
  };
}

async function addPeople(
  server: TestServer,
  username: string,
): Promise<Pick<BadInputScene, 'bearer' | 'username' | 'organisationId'>> {
  const { id: organisationId } = await server.addOrganisation(`Organisation of ${username}`);
  await server.addUser({ username, organisationId });
  return { bearer: (await server.signIn(username)).auth_token, username, organisationId };
}

/** What an organisation has, as its administrator sees it. */
async function readEverything(probe: Probe, bearer: string): Promise<object> {
  const lists = [tokenPath, '/api/v1/user', '/api/v1/event'].map((path) => `${path}?per_page=1000&sort=id`);
  const paths = ['/api/v1/user/my', '/api/v1/organisation/my', '/api/v1/user/my/session', ...lists];
  const answers = await Promise.all(paths.map((path) => probe.send('GET', path, { bearer })));
  return Object.fromEntries(
    answers.map(({ status, json }, index) => {
      assert.equal(status, 200);
      return [paths[index], json];
    }),
  );
}
