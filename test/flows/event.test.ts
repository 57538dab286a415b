import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventTypes } from '@keywright/contract';
import { chainStart, hashEvent } from '../../packages/server/src/domain/event-chain.ts';
import { rotateSigningKey } from '../../packages/server/src/domain/key-rotation.ts';
import { unlockUser } from '../../packages/server/src/domain/lockout.ts';
import { setPassword } from '../../packages/server/src/domain/password-change.ts';
import { issueSetupKey } from '../../packages/server/src/domain/setup.ts';
import { exportSecrets } from '../../packages/server/src/domain/signing-key.ts';
import { activateUser, suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { dumpStore, queryStore, type Row } from '../support/store-rows.ts';
import {
  behindProxy,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

const username = 'jane@example.com';
const base = '/api/v1/application_token';
const from = '198.51.100.1';

function hashOf(row: Row, previousHash: string): string {
  return hashEvent(previousHash, row['sequence'], {
    occurredAt: row['occurred_at'],
    organisationId: row['organisation_id'],
    userId: row['user_id'],
    type: row['type'],
    source: row['source'],
    severity: row['severity'],
    alert: row['alert'] === 1,
    description: row['description'],
    requestId: row['request_id'],
    detail: JSON.parse(row['detail']),
  });
}

/** Recomputes every chain from the rows, and answers how many events hang together. */
function verifyChains(rows: readonly Row[]): number {
  for (const chain of Map.groupBy(rows, (row) => row['chain_id']).values()) {
    let previousHash = chainStart;
    for (const [index, row] of chain.entries()) {
      assert.equal(row['sequence'], index + 1);
      assert.equal(row['previous_hash'], previousHash);
      previousHash = hashOf(row, previousHash);
      assert.equal(row['hash'], previousHash);
    }
  }
  return rows.length;
}

for (const kind of storeKinds) {
  describe(`events on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let bearer: string;

    before(async () => {
      server = await startTestServer({ store: kind, env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username, organisationId });
      bearer = (await server.signIn(username)).auth_token;
    });
    after(() => server.close());

    const readRows = () => queryStore(server.store, 'SELECT * FROM event ORDER BY chain_id, sequence');

    /** The names of the types of the events that some work adds, in order. */
    async function typesOf(work: () => Promise<unknown>): Promise<string[]> {
      const [before] = await queryStore(server.store, 'SELECT COALESCE(MAX(id), 0) AS last FROM event');
      await work();
      await server.flush();
      const rows = await queryStore(server.store, `SELECT type FROM event WHERE id > ${before?.['last']} ORDER BY id`);
      return rows.map(({ type }) => Object.entries(eventTypes).find(([, { id }]) => id === type)?.[0] ?? `${type}`);
    }

    async function list(query: string): Promise<{ id: number; description: string; [name: string]: unknown }[]> {
      const answer = await server.call('GET', `/api/v1/event?per_page=1000&${query}`, { bearer });
      assert.equal(answer.status, 200, answer.text);
      return answer.json;
    }
    const q = (filters: Record<string, string | number>) =>
      list(
        `q=${encodeURIComponent(
          Object.entries(filters)
            .map(([name, value]) => `${name}:${value}`)
            .join(','),
        )}`,
      );

    test('a failed sign-in is an event of type 6 with the name tried, the reason and the address', async () => {
      const answer = await server.authenticate({ username: 'JANE@example.com', password: 'wrong' }, { from });
      await server.flush();
      const [event] = await q({ request_id: answer.json.request_id });
      const { id, ...rest } = event ?? {};
      assert.ok(Number.isInteger(id));
      assert.deepEqual(rest, {
        timestamp: '2027-03-10T12:00:00.000Z',
        alert: false,
        description: `JANE@example.com: wrong password, from ${from}`,
        event_type: { id: 6, description: 'User authentication failed' },
        event_source: { id: 2, description: 'API' },
        event_severity: { id: 1, description: 'Warn' },
        organisation: { id: organisationId, name: 'Acme' },
        user: { id: 1, username, name: 'jane' },
        request_id: answer.headers.get('x-request-id'),
        detail: { reason: 'wrong password', error_token: 'InvalidCredentials', address: from },
      });
    });

    test('the event tells the true reason of a refused application token, of type 7, which its answer does not', async () => {
      const { application_token, id } = await server.createToken(bearer, { ip: '192.0.2.7' });
      const outside = await server.authenticate({ application_token }, { from });
      await server.call('PATCH', `${base}/${id}`, { bearer, body: { status: { id: 1 } } });
      const revoked = await server.authenticate({ application_token }, { from: '192.0.2.7' });
      assert.equal(outside.json.message, revoked.json.message);
      await server.flush();
      const events = await q({ type: 7 });
      const told = events.map(({ description, event_severity }) => [
        description,
        (event_severity as { id: number }).id,
      ]);
      assert.deepEqual(told, [
        [`Application token ${id}: outside of its ip, from ${from}`, 1],
        [`Application token ${id}: revoked, from 192.0.2.7`, 1],
      ]);
    });

    test('failures of names that do not exist are events of no organisation, which no organisation reads', async () => {
      const name = 'nobody.here@example.com';
      assert.deepEqual(await typesOf(() => server.authenticate({ username: name, password: 'x' }, { from })), [
        'UserAuthenticationFailed',
      ]);
      assert.deepEqual(await q({ description: `*${name}*` }), []);
      const rows = (await readRows()).filter((row) => row['description'].includes(name));
      assert.deepEqual(
        rows.map((row) => [row['organisation_id'], row['user_id']]),
        [[null, null]],
      );
    });

    test("an organisation's events are numbered one after the other, whatever happens in others", async () => {
      const { id: quiet } = await server.addOrganisation('Quiet');
      await server.addUser({ username: 'quiet@example.com', organisationId: quiet });
      const { auth_token: reader } = await server.signIn('quiet@example.com');
      for (const description of ['one', 'two', 'three']) {
        await server.createToken(bearer, { description });
        await server.createToken(reader, { description });
      }
      const read = async (query: string) =>
        (await server.call('GET', `/api/v1/event?${query}`, { bearer: reader })).json.map(
          ({ id, event_type }: { id: number; event_type: { id: number } }) => [id, event_type.id],
        );
      const all = await read('');
      assert.deepEqual(
        all.map(([id]: [number]) => id),
        [1, 2, 3, 4, 5, 6],
      );
      assert.deepEqual(await read('q=id:4'), [all[3]]);
      assert.deepEqual(await read('sort=-id'), all.toReversed());
      assert.deepEqual([...(await read('per_page=4')), ...(await read('per_page=4&page=2'))], all);
      const exported = await server.call('GET', '/api/v1/event/export', { bearer: reader });
      const lines = exported.text.trimEnd().split('\n');
      assert.deepEqual(
        lines.map((line) => JSON.parse(line).id),
        [1, 2, 3, 4, 5, 6],
      );
    });

    test('those of several organisations are in the order in which they were written, page by page', async () => {
      const parent = await server.addOrganisation('Parent');
      const child = await server.addOrganisation('Child', parent.id);
      const names = { 'parent@example.com': parent.id, 'child@example.com': child.id };
      for (const [name, organisation] of Object.entries(names)) {
        await server.addUser({ username: name, organisationId: organisation });
      }
      const { auth_token: above } = await server.signIn('parent@example.com');
      const { auth_token: below } = await server.signIn('child@example.com');
      for (const reader of [below, below, above, below]) await server.createToken(reader);
      const read = async (query: string): Promise<string[]> =>
        (await server.call('GET', `/api/v1/event?${query}`, { bearer: above })).json.map(
          ({ id, organisation }: { id: number; organisation: { name: string } }) => `${organisation.name} ${id}`,
        );
      const written = [
        'Parent 1',
        'Child 1',
        'Parent 2',
        'Child 2',
        'Parent 3',
        'Child 3',
        'Child 4',
        'Child 5',
        'Parent 4',
        'Child 6',
      ];
      assert.deepEqual(await read('sort=id'), written);
      assert.deepEqual(await read('sort=-id'), written.toReversed());
      const pages = await Promise.all([1, 2, 3, 4].map((page) => read(`sort=id&per_page=3&page=${page}`)));
      assert.deepEqual(pages.flat(), written);
      assert.deepEqual(await read('q=id:3'), ['Parent 3', 'Child 3']);
    });

    test('each state change over HTTP is one event, which bears the id of its request', async () => {
      const made = await server.call('POST', base, { bearer, body: { description: 'x' } });
      const path = `${base}/${made.json.id}`;
      const steps = [
        ['ApplicationTokenUpdated', () => server.call('PATCH', path, { bearer, body: { description: 'y' } })],
        ['ApplicationTokenRotated', () => server.call('POST', `${path}/rotate`, { bearer, body: {} })],
        ['ApplicationTokenRevoked', () => server.call('PATCH', path, { bearer, body: { status: { id: 1 } } })],
        ['ApplicationTokenCreated', () => server.call('POST', base, { bearer, body: {} })],
        ['UserSignedIn', () => server.authenticate({ username, password: testPassword })],
      ] as const;
      for (const [type, step] of steps) {
        let requestId = '';
        assert.deepEqual(
          await typesOf(async () => {
            requestId = (await step()).headers.get('x-request-id') ?? '';
          }),
          [type],
        );
        const [event, ...others] = await q({ request_id: requestId });
        assert.equal(others.length, 0);
        assert.deepEqual(event?.['event_type'], eventTypes[type]);
      }
    });

    test('each state change by an operator is one event of its own type', async () => {
      const { service } = server;
      const addJoe = () => server.addUser({ username: 'joe@example.com', organisationId });
      assert.deepEqual(await typesOf(addJoe), ['UserCreated']);
      const joe = (await service.database.findUserByUsername('joe@example.com'))?.id ?? 0;
      const guess = () => server.authenticate({ username: 'joe@example.com', password: 'x' }, { from });
      const lock = async () => [await guess(), await guess(), await guess()];
      const failure = 'UserAuthenticationFailed';
      assert.deepEqual((await typesOf(lock)).sort(), ['AccountLocked', failure, failure, failure]);
      assert.deepEqual(await typesOf(() => unlockUser(service, testActor, joe)), ['AccountUnlocked']);
      assert.deepEqual(await typesOf(() => unlockUser(service, testActor, joe)), [], 'there was nothing to unlock');
      assert.deepEqual(await typesOf(() => setPassword(service, testActor, joe, 'another password')), [
        'PasswordChanged',
      ]);
      assert.deepEqual(await typesOf(() => suspendUser(service, testActor, joe)), ['UserSuspended']);
      assert.deepEqual(await typesOf(() => activateUser(service, testActor, joe)), ['UserActivated']);
      assert.deepEqual(await typesOf(() => server.addOrganisation('Branch', organisationId)), ['OrganisationCreated']);
      server.clock.advance({ minutes: 6 });
      const rotated = await typesOf(() => rotateSigningKey(service, testActor, { force: false }));
      assert.deepEqual(rotated, ['SigningKeyRetired', 'SigningKeyActivated', 'SigningKeyCreated']);
      assert.deepEqual(await typesOf(() => exportSecrets(service, testActor)), ['SigningKeyExported']);
      assert.equal(await issueSetupKey(service), undefined);
    });

    test('what was refused changed nothing, and is no event', async () => {
      const { id } = await server.createToken(bearer);
      const refused = [
        () => server.call('POST', base, { bearer, body: { ip: 'x' } }),
        () => server.call('PATCH', `${base}/${id}`, { bearer, body: { status: { id: 9 } } }),
        () => server.call('PATCH', `${base}/${id}`, { bearer, body: {} }),
        () => server.call('POST', base, { body: {} }),
        () => server.call('GET', `${base}/${id}`, { bearer }),
      ];
      for (const call of refused) assert.deepEqual(await typesOf(call), []);
    });

    test('filters and sorts work by every field, and several must all hold', async () => {
      const all = await list('');
      assert.ok(all.length > 10);
      const idsOf = (events: { id: number }[]) => events.map(({ id }) => id);
      const where = (test: (event: (typeof all)[number]) => boolean) => idsOf(all.filter(test));
      const lookup = (event: (typeof all)[number], name: string) => (event[name] as { id: number }).id;
      assert.deepEqual(
        idsOf(await q({ type: 6 })),
        where((event) => lookup(event, 'event_type') === 6),
      );
      assert.deepEqual(
        idsOf(await q({ severity: 1 })),
        where((event) => lookup(event, 'event_severity') === 1),
      );
      assert.deepEqual(
        idsOf(await q({ source: 4 })),
        where((event) => lookup(event, 'event_source') === 4),
      );
      assert.deepEqual(
        idsOf(await q({ alert: 'true' })),
        where(({ alert }) => alert === true),
      );
      assert.deepEqual(idsOf(await q({ alert: 'true', severity: 0 })), []);
      assert.deepEqual(
        idsOf(await q({ description: '*ROTATED*' })),
        where(({ description }) => description.includes('rotated')),
      );
      const ofUser = where(({ user }) => (user as Row | null)?.['username'] === username);
      for (const user of [username, 'JANE@*', 1]) assert.deepEqual(idsOf(await q({ user })), ofUser, `user ${user}`);
      assert.deepEqual(idsOf(await q({ user: 2 ** 40 })), []);
      const moment = '2027-03-10T12:05:00.000Z';
      assert.deepEqual(
        idsOf(await q({ from: moment })),
        where(({ timestamp }) => (timestamp as string) >= moment),
      );
      assert.deepEqual(
        idsOf(await q({ until: moment })),
        where(({ timestamp }) => (timestamp as string) <= moment),
      );
      assert.deepEqual(idsOf(await q({ from: '2027-03-11' })), []);
      assert.deepEqual(idsOf(await list('sort=-id')), idsOf(all).reverse());
      const sorted = (await list('sort=type,-id')).map((event) => lookup(event, 'event_type'));
      assert.deepEqual(
        sorted,
        [...sorted].sort((a, b) => a - b),
      );
      for (const [query, code] of [
        ['q=organisation_id:1', 1301],
        ['q=type:x', 1301],
        ['sort=detail', 1302],
        ['sort=from', 1302],
      ]) {
        const answer = await server.call('GET', `/api/v1/event?${query}`, { bearer });
        assert.deepEqual([answer.status, answer.json.error_code], [422, code], String(query));
      }
    });

    test('events of a direct child stand in the list, and can be filtered and sorted on their organisation', async () => {
      const child = await server.addOrganisation('Child', organisationId);
      const organisationsOf = (events: Row[]) => events.map(({ organisation }) => organisation.id);
      const ofChild = await q({ organisation: child.id });
      assert.deepEqual(organisationsOf(ofChild), [child.id]);
      const sorted = organisationsOf(await list('sort=-organisation'));
      assert.deepEqual(
        sorted,
        [...sorted].sort((a, b) => b - a),
      );
      assert.ok(sorted.includes(child.id) && sorted.includes(organisationId));
    });

    test("`user/my/event` holds the caller's own events alone, and somebody else's are not there to ask for", async () => {
      await server.addUser({ username: 'own@example.com', organisationId, role: 'User' });
      const { auth_token } = await server.signIn('own@example.com');
      await server.createToken(auth_token);
      const mine = await server.call('GET', '/api/v1/user/my/event', { bearer: auth_token });
      const types = mine.json.map(({ event_type }: { event_type: { id: number } }) => event_type.id);
      assert.deepEqual(types, [1010, 1000, 1020]);
      for (const event of mine.json) assert.equal(event.user.username, 'own@example.com');
      for (const name of [1, username, 'nobody']) {
        const others = await server.call('GET', `/api/v1/user/${name}/event`, { bearer: auth_token });
        assert.ok([403, 404].includes(others.status), `${name} ${others.status}`);
      }
    });

    test('the chain of each organisation hangs together, after changes and failures at once too', async () => {
      const work = Array.from({ length: 20 }, (_, index) => [
        server.createToken(bearer, { description: `at once ${index}` }),
        server.authenticate({ application_token: `kwt_${index}` }, { from }),
        server.addOrganisation(`At once ${index}`, organisationId),
      ]);
      await Promise.all(work.flat());
      await Promise.all([server.flush(), server.createToken(bearer), server.flush()]);
      const rows = await readRows();
      assert.equal(verifyChains(rows), rows.length);
      const heads = await queryStore(server.store, 'SELECT * FROM event_chain ORDER BY chain_id');
      for (const { chain_id, sequence, hash } of heads) {
        const last = rows.filter((row) => row['chain_id'] === chain_id).at(-1);
        assert.deepEqual([last?.['sequence'], last?.['hash']], [sequence, hash]);
      }
      const at = rows.findIndex((row, index) => row['chain_id'] === rows[index + 1]?.['chain_id']);
      const changes = { description: 'nothing', user_id: 999, detail: '{}', occurred_at: 1, type: 1, alert: 1 };
      for (const [column, value] of Object.entries({ ...changes, severity: 2, request_id: 'x', sequence: 99 })) {
        assert.throws(() => verifyChains(rows.with(at, { ...rows[at], [column]: value })), column);
      }
      // Whoever changes one and makes its hash anew would have to do so with all that follow.
      const changed: Row = { ...rows[at], description: 'nothing' };
      changed['hash'] = hashOf(changed, changed['previous_hash']);
      const next: Row = { ...rows[at + 1], previous_hash: changed['hash'] };
      assert.throws(() => verifyChains(rows.with(at, changed).with(at + 1, next)));
    });

    test('no secret that was used is in any event, name or log row, also where it stood in the wrong place', async () => {
      const { auth_token, refresh_token } = await server.signIn(username);
      const { application_token } = await server.createToken(auth_token);
      const secrets = [auth_token, refresh_token, application_token, 'MARKED-password-1', 'd'.repeat(40)];
      for (const secret of secrets) {
        await server.authenticate({ username: secret, password: secret }, { from });
        await server.authenticate({ application_token: secret }, { from });
        await server.authenticate({ refresh_token: `${secret}x` }, { from });
        await server.authenticate({ mfa_token: secret, code: secret.slice(0, 64) }, { from });
        await server.authenticate({ username, password: secret }, { from });
      }
      await server.flush();
      const dump = await dumpStore(server.store);
      for (const secret of secrets.filter((text) => !text.startsWith('MARKED')))
        assert.equal(dump.includes(secret.slice(13)), false);
      const asPassword = (await readRows()).filter((row) => row['description'].includes('MARKED'));
      assert.equal(
        asPassword.length,
        1,
        'a password typed as a name that looks like any other can not be told from one',
      );
    });
  });
}
