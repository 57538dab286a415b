import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { waitUntil } from '../support/wait-until.ts';
import { addAuthenticators } from './add-authenticators.ts';
import { inForm, printFigure } from './fault-form.ts';
import { assertSaidWhy, assertUnavailable, countOutcomes, findFailures, isAcknowledged } from './outcomes.ts';
import { startPasswordChanges } from './password-changes.ts';
import { preparePostgresScene } from './postgres-scene.ts';
import { findAlarms, signIn, verifyScene } from './scene.ts';
import { createChance, givenSeed } from './seeded-chance.ts';
import { readPostgres } from './store-reader.ts';
import { startTraffic, type Traffic } from './traffic.ts';

const rounds = inForm({ short: 6, long: 60 });
const tempoMs = 500;
const writers = 16;
const weights = {
  create: 20,
  revoke: 8,
  rotate: 8,
  'sign in': 4,
  'second factor': 12,
  refresh: 4,
  exchange: 28,
  read: 28,
};

test('a server whose connections to PostgreSQL are terminated loses nothing, and answers every read', async (t) => {
  const scene = await preparePostgresScene();
  t.after(() => scene.remove());
  const { journal, writer: account } = scene;
  const server = await scene.installation.start();
  const url = (): string => server.url;
  const bearer = await signIn(server.url, account);
  const chance = createChance(givenSeed);
  const authenticators = await addAuthenticators(scene.installation, server.url, 8);
  const traffic = startTraffic({ url, bearer, account, authenticators, journal, chance, writers, weights });
  const changes = startPasswordChanges({ ...scene, url, username: scene.changing });
  let terminated = 0;
  try {
    terminated = await terminateAgainAndAgain(scene.postgres.url, traffic);
  } finally {
    await traffic.stop();
    await changes.stop();
  }
  assertSaidWhy(changes.results);
  const idle = await terminateConnections(scene.postgres.url);
  assert.ok(idle > 1, 'there was no idle connection');
  assert.equal(await server.readiness(), 200, 'the first request after all connections were lost');
  const failures = findFailures(traffic.outcomes);
  assertUnavailable(failures);
  const reads = failures.filter(({ action }) => action === 'read' || action === 'exchange');
  assert.deepEqual(countOutcomes(reads), {}, 'reads failed');
  assert.ok(failures.length <= terminated, `${failures.length} failures, ${terminated} terminated connections`);
  assert.equal(server.isRunning, true);
  assert.deepEqual(findAlarms(server), []);
  const verdict = await verifyScene(scene, { url: server.url, bearer }, journal.read(), () =>
    readPostgres(scene.postgres.url),
  );
  printFigure(t, {
    seed: givenSeed,
    rounds,
    'connections terminated': terminated + idle,
    requests: traffic.outcomes.length,
    acknowledged: verdict.journal.acknowledged,
    lost: verdict.journal.lost.length,
    'TOTP steps tried again': verdict.journal.stepsTried,
    'answers 503': failures.length,
    'failed reads': reads.length,
  });
});

/** @returns how many connections were terminated */
async function terminateAgainAndAgain(databaseUrl: string, traffic: Traffic): Promise<number> {
  let terminated = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const before = traffic.outcomes.length;
    await delay(tempoMs);
    await waitUntil('writes are under way', 30, () => traffic.outcomes.slice(before).some(isAcknowledged));
    terminated += await terminateConnections(databaseUrl);
  }
  return terminated;
}

/** @returns how many connections were terminated: all but its own */
async function terminateConnections(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ done: boolean }>(
      `SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    return rows.filter(({ done }) => done).length;
  } finally {
    await client.end();
  }
}
