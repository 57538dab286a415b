import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainStart, hashEvent } from '../../../packages/server/src/domain/event-chain.ts';
import type { Database } from '../../../packages/server/src/domain/ports.ts';
import type { ChainedEvent } from '../../../packages/server/src/domain/records.ts';
import { now, numberFilter, pageQuery, sampleEvent, seed, textFilter } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

/** Every event of a chain, which has no gap and no link that doesn't fit. */
async function verifyChain(database: Database, organisationId: number | null): Promise<ChainedEvent[]> {
  const page = await database.listEvents({ organisationIds: 'all' }, pageQuery({ perPage: 1000 }));
  const chain = page.rows
    .filter((event) => event.organisationId === organisationId)
    .sort((a, b) => a.sequence - b.sequence);
  let previousHash = chainStart;
  for (const [index, event] of chain.entries()) {
    assert.equal(event.sequence, index + 1);
    assert.equal(event.previousHash, previousHash);
    assert.equal(event.hash, hashEvent(previousHash, event.sequence, event));
    previousHash = event.hash;
  }
  return chain;
}

/** Asks how the database would run a statement that was sent with parameters. */
function explained(sql: string): string {
  const filled = sql.replaceAll(/\$\d+::bigint\[\]/g, "'{1}'::bigint[]").replaceAll(/\?|\$\d+/g, "'1'");
  return `EXPLAIN ${sql.includes('$1') ? '' : 'QUERY PLAN'} ${filled}`;
}

export function testEvents(create: CreateStore): void {
  test('an event is read as it was appended, with the names of its organisation and user', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const event = sampleEvent(organisation.id, {
      userId: user.id,
      alert: true,
      severity: 2,
      requestId: 'req-1',
      detail: { ip: '192.0.2.1', '10': [1, null, { b: 'ü', a: '\0' }] },
    });
    await database.appendEvents([event, sampleEvent(null)]);
    await database.appendEvents([]);
    const [platform, read] = (
      await database.listEvents(
        { organisationIds: 'all' },
        pageQuery({
          sort: [
            { field: 'user', descending: true },
            { field: 'id', descending: true },
          ],
        }),
      )
    ).rows.toReversed();
    assert.deepEqual(read, {
      ...event,
      id: read?.id,
      organisationName: 'Acme',
      username: user.username,
      userName: user.name,
      sequence: 1,
      previousHash: chainStart,
      hash: hashEvent(chainStart, 1, event),
    });
    assert.deepEqual(
      [platform?.organisationId, platform?.organisationName, platform?.username, platform?.sequence],
      [null, null, null, 1],
    );
  });

  test('each organisation has a chain of its own, and the platform one too', async (t) => {
    const { database } = await create(t);
    const { organisation } = await seed(database);
    const other = await database.insertOrganisation({ name: 'Other', parentId: null, createdAt: now });
    const mixed = [null, other.id, organisation.id, other.id, null, organisation.id, other.id];
    await database.appendEvents(mixed.map((id, index) => sampleEvent(id, { description: `event ${index}` })));
    await database.appendEvents([sampleEvent(other.id, { description: 'last' })]);
    const described = async (id: number | null) => (await verifyChain(database, id)).map((event) => event.description);
    assert.deepEqual(await described(null), ['event 0', 'event 4']);
    assert.deepEqual(await described(organisation.id), ['event 2', 'event 5']);
    assert.deepEqual(await described(other.id), ['event 1', 'event 3', 'event 6', 'last']);
  });

  test('chains appended to by two processes at once, in whatever order, have no gap and no fork', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const ids: number[] = [];
    for (const name of ['A', 'B', 'C']) {
      ids.push((await database.insertOrganisation({ name, parentId: null, createdAt: now })).id);
    }
    await Promise.all(
      Array.from({ length: 24 }, (_, index) => {
        const order = index % 3 === 0 ? ids : ids.toReversed();
        return (index % 2 === 0 ? database : other).appendEvents(order.map((id) => sampleEvent(id)));
      }),
    );
    for (const id of ids) {
      assert.equal((await verifyChain(database, id)).length, 24);
    }
  });

  test('events after an id are read in order, only those of the organisations that the filters let through, uncounted', async (t) => {
    const { kind, database, query, statements } = await create(t);
    const { organisation } = await seed(database);
    const other = await database.insertOrganisation({ name: 'Other', parentId: null, createdAt: now });
    const mixed = [organisation.id, other.id, null, organisation.id, other.id, organisation.id];
    await database.appendEvents(mixed.map((id, index) => sampleEvent(id, { type: index })));
    const { rows } = await database.listEvents({ organisationIds: 'all' }, pageQuery());
    const ids = (of: readonly (number | null)[]) =>
      rows.filter((event) => of.includes(event.organisationId)).map(({ id }) => id);
    statements.length = 0;
    const read = async (organisationIds: number[] | 'all', afterId: number, limit: number) =>
      (await database.readEventsAfter({ organisationIds }, [], afterId, limit)).map(({ id }) => id);
    const both = ids([organisation.id, other.id]).sort((a, b) => a - b);
    assert.deepEqual(await read([organisation.id, other.id], 0, 9), both);
    assert.deepEqual(await read([organisation.id, other.id], both[1] ?? 0, 2), both.slice(2, 4));
    assert.deepEqual(await read([organisation.id], 0, 9), ids([organisation.id]));
    assert.equal((await read('all', 0, 9)).length, mixed.length);
    const ofType = await database.readEventsAfter({ organisationIds: 'all' }, [numberFilter('type', 4)], 0, 9);
    assert.deepEqual(
      ofType.map(({ type }) => type),
      [4],
    );
    assert.equal(statements.length, 5);
    assert.doesNotMatch(statements.join(), /count\(/);
    if (kind === 'sqlite') {
      for (const sql of statements) {
        const plan = await query(explained(sql));
        assert.doesNotMatch(JSON.stringify(plan), /TEMP B-TREE/, 'each page would sort all that is left');
      }
    }
  });

  test('the events of one request are found by their index, whatever the case, and by wildcards', async (t) => {
    const { kind, database, query, statements } = await create(t);
    const { organisation } = await seed(database);
    const requests = Array.from({ length: 3_000 }, (_, index) => `ab-${index}`);
    await database.appendEvents(requests.map((requestId) => sampleEvent(organisation.id, { requestId })));
    const idsOf = (events: readonly ChainedEvent[]) => events.map(({ requestId }) => requestId);
    statements.length = 0;
    const filters = [textFilter('request_id', 'AB-7')];
    for (const organisationIds of ['all', [organisation.id], [organisation.id, 99]] as const) {
      assert.deepEqual(idsOf(await database.readEventsAfter({ organisationIds }, filters, 0, 1_000)), ['ab-7']);
      assert.deepEqual(idsOf((await database.listEvents({ organisationIds }, pageQuery({ filters }))).rows), ['ab-7']);
    }
    if (kind === 'postgres') await query('ANALYZE event');
    for (const sql of statements.splice(0)) {
      const plan = JSON.stringify(await query(explained(sql)));
      assert.match(plan, kind === 'sqlite' ? /event_request/ : /request_id_idx/, `${sql}\n${plan}`);
    }
    const wild = pageQuery({ filters: [textFilter('request_id', 'Ab-299', '')] });
    assert.equal((await database.listEvents({ organisationIds: 'all' }, wild)).total, 11);
  });

  test('an event whose transaction fails leaves the chain as it was', async (t) => {
    const { database } = await create(t);
    const { organisation } = await seed(database);
    await database.appendEvents([sampleEvent(organisation.id)]);
    await assert.rejects(
      database.transaction(async (stores) => {
        await stores.appendEvents([sampleEvent(organisation.id)]);
        throw new Error('changed its mind');
      }),
      /changed its mind/,
    );
    await database.appendEvents([sampleEvent(organisation.id)]);
    assert.equal((await verifyChain(database, organisation.id)).length, 2);
  });

  test('text that a database cannot keep is replaced before it is hashed', async (t) => {
    const { database } = await create(t);
    const { organisation } = await seed(database);
    await database.appendEvents([
      sampleEvent(organisation.id, { description: 'tried \0 and \uD800', requestId: '\0' }),
    ]);
    const [event] = await verifyChain(database, organisation.id);
    assert.deepEqual([event?.description, event?.requestId], ['tried \uFFFD and \uFFFD', '\uFFFD']);
  });

  test('hundreds of events are appended at once', async (t) => {
    const { database } = await create(t);
    const { organisation } = await seed(database);
    await database.appendEvents(Array.from({ length: 450 }, () => sampleEvent(organisation.id)));
    assert.equal((await verifyChain(database, organisation.id)).length, 450);
  });
}
