import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { hour, now, pageQuery, sampleEvent, seed } from './sample-records.ts';
import { createPostgresStore, type TestStore } from './test-store.ts';

async function partitions({ query }: TestStore): Promise<unknown[]> {
  const rows = await query(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'event'::regclass ORDER BY name`,
  );
  return rows.map((row) => row['name']);
}

async function placesOfEvents({ query }: TestStore): Promise<unknown[]> {
  const rows = await query('SELECT tableoid::regclass::text AS name FROM event ORDER BY id');
  return rows.map((row) => row['name']);
}

const monthsFromJuly = ['event_2026_07', 'event_2026_08', 'event_2026_09'];

test('this month and the next two have a partition, made once, by whichever process comes first', async (t) => {
  const store = await createPostgresStore(t);
  const other = await store.open();
  assert.deepEqual(await partitions(store), ['event_default']);
  await Promise.all([store.database.prepareEvents(now), other.prepareEvents(now)]);
  assert.deepEqual(await partitions(store), [...monthsFromJuly, 'event_default']);
  await store.database.prepareEvents(now);
  await store.database.prepareEvents(Date.UTC(2026, 11, 31, 23, 59));
  assert.deepEqual(await partitions(store), [
    ...monthsFromJuly,
    'event_2026_12',
    'event_2027_01',
    'event_2027_02',
    'event_default',
  ]);
});

test('an event goes into the partition of its month, and without one into the default partition', async (t) => {
  const store = await createPostgresStore(t);
  const { organisation } = await seed(store.database);
  await store.database.prepareEvents(now);
  const startOfAugust = Date.UTC(2026, 7);
  const times = [startOfAugust - 1, startOfAugust, now + 24 * hour * 365, 0];
  await store.database.appendEvents(times.map((occurredAt) => sampleEvent(organisation.id, { occurredAt })));
  assert.deepEqual(await placesOfEvents(store), ['event_2026_07', 'event_2026_08', 'event_default', 'event_default']);
});

test('what the default partition took for a month moves when the month gets its own, unchanged', async (t) => {
  const store = await createPostgresStore(t);
  const { organisation } = await seed(store.database);
  const times = [now, now + 31 * 24 * hour, 0];
  await store.database.appendEvents(times.map((occurredAt) => sampleEvent(organisation.id, { occurredAt })));
  const list = () => store.database.listEvents({ organisationIds: 'all' }, pageQuery());
  const before = await list();
  await store.database.prepareEvents(now);
  assert.deepEqual(await placesOfEvents(store), ['event_2026_07', 'event_2026_08', 'event_default']);
  assert.deepEqual(await list(), before);
  await store.database.appendEvents([sampleEvent(organisation.id)]);
  assert.equal((await list()).rows.at(-1)?.sequence, 4);
});

test('behind a long reader no partition is made, and events are still taken', async (t) => {
  const store = await createPostgresStore(t);
  const { organisation } = await seed(store.database);
  const url = 'url' in store.options ? store.options.url : '';
  const reader = new pg.Client({ connectionString: url });
  await reader.connect();
  await reader.query('BEGIN');
  await reader.query('SELECT count(*) FROM event');
  await store.database.prepareEvents(now);
  assert.deepEqual(await partitions(store), ['event_default']);
  await store.database.appendEvents([sampleEvent(organisation.id)]);
  await reader.end();
  await store.database.prepareEvents(now);
  assert.deepEqual(await partitions(store), [...monthsFromJuly, 'event_default']);
  assert.deepEqual(await placesOfEvents(store), ['event_2026_07']);
});
