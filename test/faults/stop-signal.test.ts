import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../support/wait-until.ts';
import { inForm, printFigure } from './fault-form.ts';
import type { Outcome } from './outcomes.ts';
import { preparePostgresScene } from './postgres-scene.ts';
import { findAlarms, prepareScene, type Scene, signIn, verifyScene } from './scene.ts';
import { type Chance, createChance, givenSeed } from './seeded-chance.ts';
import { readPostgres, readSqlite, type StoreReader } from './store-reader.ts';
import { startTraffic } from './traffic.ts';
import type { JournalEntry } from './write-journal.ts';

const rounds = inForm({ short: 2, long: 15 });
const writers = 32;
const stopWithinMs = 10_000;
// Hashing makes requests that take long: many are in flight when the signal comes.
const weights = { create: 40, revoke: 5, rotate: 5, 'sign in': 20, refresh: 5, exchange: 15, read: 10 };

test('a server on SQLite that is asked to stop under load answers what it has received, and leaves one file', async (t) => {
  const scene = await prepareScene();
  t.after(() => scene.installation.remove());
  const { databaseFile } = scene.installation;
  await stopAgainAndAgain(
    t,
    scene,
    () => readSqlite(databaseFile),
    () => {
      const log = `${databaseFile}-wal`;
      assert.equal(existsSync(log) ? statSync(log).size : 0, 0, 'there are writes outside of the database file');
    },
  );
});

test('a server on PostgreSQL that is asked to stop under load answers what it has received', async (t) => {
  const scene = await preparePostgresScene();
  t.after(() => scene.remove());
  await stopAgainAndAgain(
    t,
    scene,
    () => readPostgres(scene.postgres.url),
    () => undefined,
  );
});

interface StopFigures {
  requests: number;
  /** Sent after the signal on a connection that the server closed before a byte of the answer: HTTP clients send it again. */
  closedBefore: number;
  /** Sent after the signal, to a server that takes no connections any more. */
  refused: number;
  slowestStopMs: number;
}

async function stopAgainAndAgain(
  t: TestContext,
  scene: Scene,
  openStore: () => Promise<StoreReader>,
  checkStopped: () => void,
): Promise<void> {
  const chance = createChance(givenSeed);
  const figures: StopFigures = { requests: 0, closedBefore: 0, refused: 0, slowestStopMs: 0 };
  for (let round = 1; round <= rounds; round += 1) {
    await stopUnderLoad(scene, chance, figures);
    checkStopped();
    const server = await scene.installation.start();
    const bearer = await signIn(server.url, scene.writer);
    const entries = scene.journal.read();
    await verifyScene(scene, { url: server.url, bearer }, entries, openStore);
    assert.deepEqual(await findSilentWrites(entries, openStore), [], 'done, and not answered');
    await server.end('SIGTERM');
  }
  printFigure(t, {
    seed: givenSeed,
    stops: rounds,
    requests: figures.requests,
    'sent before the signal and not answered': 0,
    'done and not answered': 0,
    'acknowledged and lost': 0,
    'closed before the answer began': figures.closedBefore,
    'connections refused': figures.refused,
    'slowest stop in ms': figures.slowestStopMs,
  });
}

async function stopUnderLoad(scene: Scene, chance: Chance, figures: StopFigures): Promise<void> {
  const { installation, journal, writer: account } = scene;
  const server = await installation.start();
  const bearer = await signIn(server.url, account);
  const load = { writers, reconnecting: writers / 2, weights };
  const traffic = startTraffic({ url: () => server.url, bearer, account, journal, chance, ...load });
  let signalAt = 0;
  try {
    await waitUntil('requests are in flight', 60, () => traffic.outcomes.length > 3 * writers);
    await delay(chance.between(0, 300));
    signalAt = performance.now();
    const { code, tookMs } = await server.end('SIGTERM');
    await traffic.ended;
    assert.equal(code, 0, server.written.err + server.written.out);
    assert.ok(tookMs <= stopWithinMs, `stopped after ${tookMs} ms`);
    figures.slowestStopMs = Math.max(figures.slowestStopMs, tookMs);
  } finally {
    await server.end('SIGKILL');
    await traffic.stop();
  }
  assert.deepEqual(findAlarms(server), []);
  for (const outcome of traffic.outcomes) count(outcome, signalAt, figures);
}

function count(outcome: Outcome, signalAt: number, figures: StopFigures): void {
  const { action, answer, noAnswer } = outcome;
  figures.requests += 1;
  if (noAnswer === undefined) {
    assert.ok(answer !== undefined && answer.status < 300, `${action} was answered ${answer?.status} ${answer?.text}`);
    return;
  }
  const sentMs = Math.round((noAnswer.sentAt ?? Number.NaN) - signalAt);
  const isSentBefore = noAnswer.sentAt !== undefined && noAnswer.sentAt <= signalAt;
  assert.ok(!isSentBefore && !noAnswer.hasBegun, `${action}, sent ${sentMs} ms after the signal: ${noAnswer.message}`);
  if (noAnswer.code === 'ECONNREFUSED') figures.refused += 1;
  else figures.closedBefore += 1;
}

/** What was done for requests that got no answer: nothing may be, once the server had time to answer. */
async function findSilentWrites(
  entries: readonly JournalEntry[],
  openStore: () => Promise<StoreReader>,
): Promise<string[]> {
  const reader = await openStore();
  const rows = await reader.all('SELECT description FROM application_token');
  await reader.close();
  const made = new Set(rows.map(({ description }) => description));
  return entries
    .filter(({ acknowledged }) => acknowledged === undefined)
    .flatMap(({ write }) => (write.op === 'create' && made.has(write.description) ? [write.description] : []));
}
