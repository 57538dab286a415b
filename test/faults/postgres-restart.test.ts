import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { KeywrightServer } from '../support/keywright-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { addAuthenticators } from './add-authenticators.ts';
import { inForm, printFigure } from './fault-form.ts';
import { assertSaidWhy, assertUnavailable, findFailures, isAcknowledged } from './outcomes.ts';
import { startPasswordChanges } from './password-changes.ts';
import { type PostgresScene, preparePostgresScene } from './postgres-scene.ts';
import { findAlarms, signIn, verifyScene } from './scene.ts';
import { type Chance, createChance, givenSeed } from './seeded-chance.ts';
import { readPostgres } from './store-reader.ts';
import { startTraffic, type Traffic } from './traffic.ts';

const rounds = inForm({ short: 2, long: 30 });
const writers = 16;
const longestOutageMs = inForm({ short: 100, long: 6_000 });
// The figure is 5 s; other work on the machine that runs the short form must not fail it.
const backWithinMs = inForm({ short: 15_000, long: 5_000 });

test('a server on a PostgreSQL that crashes answers 503 until it is back, and loses nothing', async (t) => {
  const scene = await preparePostgresScene();
  t.after(() => scene.remove());
  const { journal, writer: account } = scene;
  const chance = createChance(givenSeed);
  const server = await scene.installation.start();
  const url = (): string => server.url;
  const bearer = await signIn(server.url, account);
  const authenticators = await addAuthenticators(scene.installation, server.url, 8);
  const traffic = startTraffic({ url, bearer, account, authenticators, journal, chance, writers });
  const changes = startPasswordChanges({ ...scene, url, username: scene.changing });
  let slowestBackMs = 0;
  try {
    for (let round = 1; round <= rounds; round += 1) {
      slowestBackMs = Math.max(slowestBackMs, await crashPostgres(scene, server, traffic, chance));
    }
  } finally {
    await traffic.stop();
    await changes.stop();
  }
  const failures = findFailures(traffic.outcomes);
  assertUnavailable(failures);
  assert.equal(server.isRunning, true);
  assert.deepEqual(findAlarms(server), []);
  assertSaidWhy(changes.results);
  const verdict = await verifyScene(scene, { url: server.url, bearer }, journal.read(), () =>
    readPostgres(scene.postgres.url),
  );
  printFigure(t, {
    seed: givenSeed,
    crashes: rounds,
    acknowledged: verdict.journal.acknowledged,
    'not acknowledged': verdict.journal.unacknowledged,
    lost: verdict.journal.lost.length,
    'TOTP steps tried again': verdict.journal.stepsTried,
    'answers 503': failures.length,
    'answers 500': 0,
    'slowest answer in ms': Math.round(
      Math.max(...traffic.outcomes.map(({ startedAt, endedAt }) => endedAt - startedAt)),
    ),
    'slowest return in ms': Math.round(slowestBackMs),
  });
  assert.ok(slowestBackMs <= backWithinMs, `back ${slowestBackMs} ms after the database`);
});

/** @returns how long after the database the server was back, in milliseconds */
async function crashPostgres(
  { postgres }: PostgresScene,
  server: KeywrightServer,
  traffic: Traffic,
  chance: Chance,
): Promise<number> {
  const before = traffic.outcomes.length;
  await waitUntil('writes are under way', 30, () => {
    return traffic.outcomes.slice(before).filter(isAcknowledged).length > writers;
  });
  await delay(chance.between(0, 200));
  await postgres.stop('immediate');
  const down = traffic.outcomes.length;
  await waitUntil('every writer is told to come again later', 30, () => {
    return traffic.outcomes.slice(down).filter(({ answer }) => answer?.status === 503).length > 2 * writers;
  });
  assert.equal(await server.readiness(), 503);
  await delay(chance.between(0, longestOutageMs));
  await postgres.start();
  const upAt = performance.now();
  await waitUntil('the server is ready again', 60, async () => (await server.readiness()) === 200);
  const up = traffic.outcomes.length;
  await waitUntil('writes are acknowledged again', 60, () => {
    return traffic.outcomes.slice(up).filter(isAcknowledged).length > writers;
  });
  const firstAcknowledged = traffic.outcomes.find((outcome) => outcome.endedAt > upAt && isAcknowledged(outcome));
  const lastFailedAt = Math.max(...findFailures(traffic.outcomes).map(({ endedAt }) => endedAt));
  const backAt = Math.max(lastFailedAt, firstAcknowledged?.endedAt ?? Number.POSITIVE_INFINITY);
  return backAt - upAt;
}
