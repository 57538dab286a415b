import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../../packages/server/src/domain/ports.ts';
import type { Filter, PageQuery } from '../../../packages/server/src/domain/records.ts';
import {
  hour,
  now,
  numberFilter,
  pageQuery,
  sampleEvent,
  sampleMeasures,
  sampleToken,
  sampleUser,
  seed,
  textFilter,
} from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

export function testLists(create: CreateStore): void {
  testPaging(create);
  testTextFilters(create);
  testTokenList(create);
  testEventList(create);
}

async function insertTokens(database: Database, descriptions: readonly (string | null)[]) {
  const { organisation, user } = await seed(database);
  for (const description of descriptions) {
    await database.insertApplicationToken(sampleToken(organisation.id, user.id, { description }));
  }
  const scope = { organisationIds: [organisation.id], ...sampleMeasures };
  return {
    organisation,
    user,
    list: (query: Partial<PageQuery>) => database.listApplicationTokens(scope, pageQuery(query)),
    async find(...filters: Filter[]) {
      const page = await database.listApplicationTokens(scope, pageQuery({ filters }));
      assert.equal(page.total, page.rows.length);
      return page.rows.map(({ description }) => description);
    },
  };
}

function testPaging(create: CreateStore): void {
  test('a page beyond the last is the last, a page of nothing is the first, and the total holds for all', async (t) => {
    const { database } = await create(t);
    const { list } = await insertTokens(database, ['a', 'b', 'c', 'd', 'e']);
    const page = async (page: number, perPage: number, filters: Filter[] = []) => {
      const found = await list({ page, perPage, filters });
      return [found.rows.map(({ description }) => description).join(''), found.total, found.page];
    };
    assert.deepEqual(await page(1, 2), ['ab', 5, 1]);
    assert.deepEqual(await page(3, 2), ['e', 5, 3]);
    assert.deepEqual(await page(4, 2), ['e', 5, 3]);
    assert.deepEqual(await page(2 ** 31, 1000), ['abcde', 5, 1]);
    assert.deepEqual(await page(0, 2), ['ab', 5, 1]);
    assert.deepEqual(await page(7, 2, [textFilter('description', 'none')]), ['', 0, 1]);
  });

  test('rows that sort alike come in the order of their ids, so that no page repeats or misses one', async (t) => {
    const { database } = await create(t);
    const { list } = await insertTokens(
      database,
      Array.from({ length: 30 }, () => 'same'),
    );
    for (const descending of [false, true]) {
      const seen: number[] = [];
      for (let page = 1; page <= 10; page++) {
        const sort = [{ field: 'description', descending }];
        seen.push(...(await list({ page, perPage: 3, sort })).rows.map(({ id }) => id));
      }
      assert.deepEqual(
        seen,
        seen.toSorted((a, b) => (descending ? b - a : a - b)),
      );
      assert.equal(new Set(seen).size, 30);
    }
  });

  test('sorting disregards case, and puts rows without a value last in either direction', async (t) => {
    const { database } = await create(t);
    const { list } = await insertTokens(database, ['b', null, 'Ä', 'a', 'C', '-']);
    const sorted = async (descending: boolean) =>
      (await list({ sort: [{ field: 'description', descending }] })).rows.map(({ description }) => description);
    assert.deepEqual(await sorted(false), ['-', 'a', 'b', 'C', 'Ä', null]);
    assert.deepEqual(await sorted(true), ['Ä', 'C', 'b', 'a', '-', null]);
  });

  test('an unknown field or the wrong kind of filter is a bug of the caller', async (t) => {
    const { database } = await create(t);
    const { list } = await insertTokens(database, []);
    await assert.rejects(list({ filters: [textFilter('constructor', 'x')] }), { name: 'Error' });
    await assert.rejects(list({ filters: [textFilter('created', 'x')] }), { name: 'Error' });
    await assert.rejects(list({ sort: [{ field: 'toString', descending: false }] }), { name: 'Error' });
  });
}

function testTextFilters(create: CreateStore): void {
  const texts = ['100%', '100', '1000', 'a_b', 'aXb', 'back\\slash', 'backslash', '!bang', "o'clock", 'ÄRGER', null];

  test('a filter without a wildcard matches the whole text only', async (t) => {
    const { find } = await insertTokens((await create(t)).database, texts);
    assert.deepEqual(await find(textFilter('description', '100')), ['100']);
    assert.deepEqual(await find(textFilter('description', '')), []);
  });

  test('characters with a meaning in SQL patterns stand for themselves', async (t) => {
    const { find } = await insertTokens((await create(t)).database, texts);
    for (const text of ['100%', 'a_b', 'back\\slash', '!bang', "o'clock"]) {
      assert.deepEqual(await find(textFilter('description', text)), [text]);
    }
  });

  test('between the parts of a filter anything may stand, also nothing', async (t) => {
    const { find } = await insertTokens((await create(t)).database, texts);
    assert.deepEqual(await find(textFilter('description', '100', '')), ['100%', '100', '1000']);
    assert.deepEqual(await find(textFilter('description', 'a', 'b')), ['a_b', 'aXb']);
    assert.deepEqual(await find(textFilter('description', '', '\\', '')), ['back\\slash']);
    assert.equal((await find(textFilter('description', '', ''))).length, texts.length - 1);
  });

  test('case is disregarded, beyond ASCII as well', async (t) => {
    const { find } = await insertTokens((await create(t)).database, texts);
    assert.deepEqual(await find(textFilter('description', 'ärg', '')), ['ÄRGER']);
    assert.deepEqual(await find(textFilter('description', 'AxB')), ['aXb']);
  });
}

function testTokenList(create: CreateStore): void {
  test('tokens are listed for the given organisations only, with the names of organisation and maker', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await insertTokens(database, ['own']);
    const names = ['Child', 'Foreign'];
    const [child, foreign] = await Promise.all(
      names.map((name) => database.insertOrganisation({ name, parentId: null, createdAt: now })),
    );
    for (const { id, name } of [child!, foreign!]) {
      await database.insertApplicationToken(sampleToken(id, user.id, { description: name }));
    }
    const list = async (organisationIds: number[]) =>
      database.listApplicationTokens({ organisationIds, ...sampleMeasures }, pageQuery());
    const page = await list([organisation.id, child!.id]);
    assert.deepEqual(
      page.rows.map(({ description, organisation: { name }, creator }) => [description, name, creator?.username]),
      [
        ['own', 'Acme', user.username],
        ['Child', 'Child', user.username],
      ],
    );
    assert.equal(page.total, 2);
    assert.deepEqual(await list([]), { rows: [], total: 0, page: 1 });
    const id = page.rows[0]!.id;
    const find = (organisationIds: number[]) =>
      database.findApplicationToken(id, { organisationIds, ...sampleMeasures });
    assert.deepEqual(await find([organisation.id, child!.id]), page.rows[0]);
    assert.equal(await find([child!.id]), undefined);
    assert.equal(await find([]), undefined);
  });

  test('every field of the token list can be filtered and sorted on', async (t) => {
    const { database } = await create(t);
    const { organisation, user, list, find } = await insertTokens(database, []);
    const bob = await database.insertUser(
      sampleUser(organisation.id, { username: 'bob@example.com', usernameKey: 'bob@example.com' }),
    );
    const insert = (creatorId: number, change: object) =>
      database.insertApplicationToken(sampleToken(organisation.id, creatorId, change));
    const plain = await insert(user.id, { description: 'plain', createdAt: now - 10, prefix: 'kwt_plain000' });
    await insert(bob.id, { description: 'expired', expiresAt: now, ip: '192.0.2.0/24', lastUsedAt: now - 1 });
    await insert(bob.id, { description: 'revoked', expiresAt: now - 1, revokedAt: now - 1, lastUsedIp: '::1' });
    await insert(user.id, { description: 'future', expiresAt: now + hour, lastUsedAt: now - 2 });
    assert.deepEqual(await find(numberFilter('status', 0)), ['plain', 'future']);
    assert.deepEqual(await find(numberFilter('status', 1)), ['revoked']);
    assert.deepEqual(await find(numberFilter('status', 2)), ['expired']);
    assert.deepEqual(await find(numberFilter('status', 9_007_199_254_740_991)), []);
    assert.deepEqual(await find(numberFilter('status', 0.5)), []);
    assert.deepEqual(await find(numberFilter('id', plain)), ['plain']);
    assert.deepEqual(await find(numberFilter('organisation', organisation.id + 1)), []);
    assert.deepEqual(await find(textFilter('creator', 'BOB@', '')), ['expired', 'revoked']);
    assert.deepEqual(await find(textFilter('prefix', 'kwt_plain', '')), ['plain']);
    assert.deepEqual(await find(textFilter('ip', '192.', '')), ['expired']);
    assert.deepEqual(await find(textFilter('last_used_ip', '::1')), ['revoked']);
    assert.deepEqual(await find({ field: 'created', kind: 'time', until: now }), ['plain']);
    assert.deepEqual(await find({ field: 'expiry_date', kind: 'time', from: now, until: now + hour }), ['expired']);
    assert.deepEqual(await find({ field: 'last_used', kind: 'time', from: now - 2 }), ['expired', 'future']);
    assert.deepEqual(await find(numberFilter('status', 0), textFilter('description', 'f', '')), ['future']);
    const sorted = async (field: string, descending = false) =>
      (await list({ sort: [{ field, descending }] })).rows.map(({ description }) => description?.[0]).join('');
    assert.equal(await sorted('expiry_date'), 'refp');
    assert.equal(await sorted('expiry_date', true), 'ferp');
    assert.equal(await sorted('last_used', true), 'efrp');
    assert.equal(await sorted('status'), 'pfre');
    assert.equal(await sorted('creator'), 'erpf');
    assert.equal(await sorted('created'), 'perf');
    assert.equal(await sorted('id', true), 'frep');
    for (const field of ['description', 'ip', 'prefix', 'last_used_ip', 'organisation']) {
      assert.equal((await sorted(field)).length, 4);
    }
  });
}

function testEventList(create: CreateStore): void {
  test('every field of the event list can be filtered and sorted on', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    await database.appendEvents([
      sampleEvent(organisation.id, { description: 'first', type: 6, severity: 1, userId: user.id }),
      sampleEvent(organisation.id, { description: 'second', occurredAt: now + 1, source: 3, alert: true }),
      sampleEvent(organisation.id, { description: 'third', occurredAt: now + 2, requestId: 'req-3' }),
    ]);
    const list = (filters: Filter[], sort: PageQuery['sort'] = []) =>
      database.listEvents({ organisationIds: [organisation.id] }, pageQuery({ filters, sort }));
    const find = async (...filters: Filter[]) => (await list(filters)).rows.map(({ description }) => description);
    const [first] = (await list([])).rows;
    assert.deepEqual(await find(numberFilter('id', first!.id)), ['first']);
    assert.deepEqual(await find(numberFilter('type', 6)), ['first']);
    assert.deepEqual(await find(numberFilter('severity', 1)), ['first']);
    assert.deepEqual(await find(numberFilter('source', 3)), ['second']);
    assert.deepEqual(await find(numberFilter('alert', 1)), ['second']);
    assert.deepEqual(await find(numberFilter('user', user.id)), ['first']);
    assert.deepEqual(await find(textFilter('user', 'jane@', '')), ['first']);
    assert.deepEqual(await find(textFilter('request_id', 'REQ-3')), ['third']);
    assert.deepEqual(await find(textFilter('description', '', 'r', '')), ['first', 'third']);
    assert.deepEqual(await find({ field: 'timestamp', kind: 'time', from: now + 1, until: now + 2 }), ['second']);
    const fields = [
      'id',
      'timestamp',
      'type',
      'source',
      'severity',
      'alert',
      'description',
      'user',
      'organisation',
      'request_id',
    ];
    for (const field of fields) {
      assert.equal((await list([], [{ field, descending: true }])).total, 3);
    }
    const latest = await list([], [{ field: 'timestamp', descending: true }]);
    assert.deepEqual(
      latest.rows.map(({ description }) => description),
      ['third', 'second', 'first'],
    );
  });

  test('events are listed for the given organisations and user only', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const other = await database.insertOrganisation({ name: 'Other', parentId: null, createdAt: now });
    await database.appendEvents([
      sampleEvent(organisation.id, { userId: user.id }),
      sampleEvent(organisation.id),
      sampleEvent(other.id, { userId: user.id }),
      sampleEvent(null),
    ]);
    const total = async (organisationIds: number[] | 'all', userId?: number) => {
      const page = await database.listEvents({ organisationIds, ...(userId !== undefined && { userId }) }, pageQuery());
      return page.total;
    };
    assert.equal(await total('all'), 4);
    assert.equal(await total([organisation.id]), 2);
    assert.equal(await total([organisation.id, other.id]), 3);
    assert.equal(await total([organisation.id], user.id), 1);
    assert.equal(await total('all', user.id), 2);
    assert.equal(await total([]), 0);
  });
}
