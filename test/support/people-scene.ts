import type { RoleName } from '@keywright/contract';
import { behindProxy, type StoreKind, startTestServer, type TestServer } from './test-server.ts';

/** A user of one test's own, signed in. */
export interface Person {
  readonly id: number;
  readonly username: string;
  /** An auth token of the user's. */
  readonly bearer: string;
}

/** A server with one organisation, to which each test adds people of its own. */
export interface PeopleScene {
  readonly server: TestServer;
  readonly organisationId: number;
  /** An Administrator of the scene's organisation, unless said otherwise. */
  addPerson(role?: RoleName, organisationId?: number): Promise<Person>;
}

/** Starts a server that no limit but the lock-out slows, and that learns from a proxy where a call comes from. */
export async function startPeopleScene(
  kind: StoreKind,
  env: Readonly<Record<string, string>> = behindProxy,
): Promise<PeopleScene> {
  const server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off', ...env } });
  const { id: organisationId } = await server.addOrganisation('Acme');
  let count = 0;
  return {
    server,
    organisationId,
    async addPerson(role = 'Administrator', home = organisationId) {
      count += 1;
      const username = `user${count}@example.com`;
      const { id } = await server.addUser({ username, organisationId: home, role });
      return { id, username, bearer: (await server.signIn(username)).auth_token };
    },
  };
}
