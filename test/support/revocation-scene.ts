import assert from 'node:assert/strict';
import type { RoleName } from '@keywright/contract';
import { createApplicationToken } from '../../packages/server/src/domain/application-token.ts';
import { callerOfUser } from '../../packages/server/src/domain/caller.ts';
import type { Organisation, User } from '../../packages/server/src/domain/records.ts';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { type FeedEntry, type FollowedFeed, followFeed, isRefusedBy } from './followed-feed.ts';
import { startTestServer, type TestServer, testActor } from './test-server.ts';

const adminName = 'admin@example.com';

/** A server whose revocation feed a program with the role Service follows, and people whose tokens end. */
export interface RevocationScene {
  readonly server: TestServer;
  readonly feed: FollowedFeed;
  readonly organisation: Organisation;
  readonly other: Organisation;
  /** A bearer of the administrator. */
  admin(): Promise<string>;
  /** A new user at home in the organisation, or in another. */
  addUser(role?: RoleName, organisationId?: number): Promise<User>;
  /** Exchanges an application token. */
  exchange(application_token: string): Promise<string>;
  /** Lets the feed come to where it is current, and answers the entries since the last time. */
  entries(): Promise<FeedEntry[]>;
  /** Does something, and answers the entries of it. */
  entriesOf(work: () => Promise<unknown>): Promise<FeedEntry[]>;
  /** Checks which tokens something ended by the feed, and that none that is given afterwards is ended. */
  assertEnds(
    work: () => Promise<unknown>,
    tokens: {
      readonly ended: readonly string[];
      readonly kept: readonly string[];
      readonly given?: () => Promise<string>;
    },
  ): Promise<void>;
  close(): Promise<void>;
}

/** Makes an application token with the role Service, as the command line does, and exchanges it. */
async function serviceBearer(server: TestServer, username: string): Promise<string> {
  const caller = await callerOfUser(server.service, username, testActor.client);
  const operator = { ...caller, roles: caller.roles | roleSet('Service') };
  const made = await createApplicationToken(server.service, operator, () => ({ roles: [{ id: 5 }] }));
  const answer = await server.authenticate({ application_token: made.application_token });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.auth_token;
}

export async function prepareRevocations(options: Parameters<typeof startTestServer>[0]): Promise<RevocationScene> {
  // The clock is turned by hours, and the one who follows stays the same.
  const env = { KEYWRIGHT_RATE_LIMIT: 'off', KEYWRIGHT_AUTH_TOKEN_MINUTES: '1440', ...options?.env };
  const server = await startTestServer({ ...options, env });
  const organisation = await server.addOrganisation('Acme');
  const other = await server.addOrganisation('Other');
  await server.addUser({ username: adminName, organisationId: organisation.id });
  const { id: platformId } = await server.addOrganisation('Platform');
  const { username: operator } = await server.addUser({ username: 'operator@example.com', organisationId: platformId });
  const feed = await followFeed(server.url, await serviceBearer(server, operator));
  assert.deepEqual(await feed.untilCurrent(), []);
  let count = 0;
  const all: FeedEntry[] = [];
  const entries = async (): Promise<FeedEntry[]> => {
    server.clock.advance({ seconds: 2 });
    await server.service.revocations.check();
    const found = await feed.untilCurrent();
    all.push(...found);
    return found;
  };
  const entriesOf: RevocationScene['entriesOf'] = async (work) => {
    await entries();
    await work();
    return entries();
  };
  return {
    server,
    feed,
    organisation,
    other,
    entries,
    entriesOf,
    admin: async () => (await server.signIn(adminName)).auth_token,
    addUser(role = 'User', organisationId = organisation.id) {
      count += 1;
      return server.addUser({ username: `user${count}@example.com`, organisationId, role });
    },
    async exchange(application_token) {
      const answer = await server.authenticate({ application_token });
      assert.equal(answer.status, 200, answer.text);
      return answer.json.auth_token;
    },
    async assertEnds(work, { ended, kept, given }) {
      const found = await entriesOf(work);
      for (const token of ended) assert.ok(isRefusedBy(found, token), `not ended by ${JSON.stringify(found)}`);
      for (const token of kept) assert.ok(!isRefusedBy(all, token), `ended by ${JSON.stringify(all)}`);
      if (given === undefined) return;
      const token = await given();
      assert.ok(!isRefusedBy(all, token), `a token given afterwards is ended by ${JSON.stringify(all)}`);
    },
    async close() {
      await feed.close();
      await server.close();
    },
  };
}
