import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { KeywrightServer } from '../support/keywright-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { addAuthenticators } from './add-authenticators.ts';
import { inForm, printFigure } from './fault-form.ts';
import { changePassword } from './password-changes.ts';
import { prepareScene, type Scene, signIn, verifyScene } from './scene.ts';
import { type Chance, createChance, givenSeed } from './seeded-chance.ts';
import { readSqlite } from './store-reader.ts';
import { startTraffic, type TrafficOptions } from './traffic.ts';

const rounds = inForm({ short: 4, long: 50 });
/** How many users sign in with a second factor. */
const apps = 8;
// The figure is 3 s; other work on the machine that runs the short form must not fail it.
const readyWithinMs = inForm({ short: 15_000, long: 3_000 });

// A killed process leaves its writes to the kernel; that they outlive a power cut too is seen to in
// test/stores/sqlite-file.test.ts.
test('no acknowledged write is lost when the server is killed in the middle of writes to SQLite', async (t) => {
  const scene = await prepareScene();
  t.after(() => scene.installation.remove());
  const chance = createChance(givenSeed);
  let server = await scene.installation.start();
  const bearer = await signIn(server.url, scene.writer);
  const authenticators = await addAuthenticators(scene.installation, server.url, apps);
  let stepsTried = 0;
  let slowestReadyMs = 0;
  let intact = 0;
  for (let round = 1, checked = 0; round <= rounds; round += 1) {
    // A few each round, since an app has a new code every half minute only.
    const begin = (2 * round) % apps;
    const who = { bearer, authenticators: authenticators.slice(begin, begin + 2) };
    // What the first round leaves is there to be tried, wherever chance lets the kills hit.
    const isUnderWay = (): boolean => round > 1 || hasUsedStep(scene);
    await killInTheMiddle(scene, server, { who, chance, isUnderWay });
    server = await scene.installation.start();
    slowestReadyMs = Math.max(slowestReadyMs, server.readyAfterMs);
    assert.deepEqual(await checkIntegrity(scene), ['ok'], `round ${round}`);
    intact += 1;
    const entries = scene.journal.read();
    const verdict = await verifyScene(scene, { url: server.url, bearer }, entries.slice(checked), () =>
      openStore(scene),
    );
    stepsTried += verdict.journal.stepsTried;
    checked = entries.length;
  }
  // What one round left is still there after the kills of all later ones.
  const all = await verifyScene(scene, { url: server.url, bearer }, scene.journal.read(), () => openStore(scene));
  printFigure(t, {
    seed: givenSeed,
    kills: rounds,
    acknowledged: all.journal.acknowledged,
    'not acknowledged': all.journal.unacknowledged,
    lost: all.journal.lost.length,
    'alive again': all.journal.revived.length,
    'TOTP steps tried again': stepsTried,
    events: all.store.events,
    'integrity ok': `${intact}/${rounds}`,
    'slowest start in ms': Math.round(slowestReadyMs),
  });
  assert.ok(all.journal.acknowledged > rounds, 'the kills hit too little');
  assert.ok(stepsTried > 0, 'no TOTP step was tried again');
  assert.ok(slowestReadyMs <= readyWithinMs, `ready after ${slowestReadyMs} ms`);
});

async function killInTheMiddle(
  scene: Scene,
  server: KeywrightServer,
  how: {
    readonly who: Pick<TrafficOptions, 'bearer' | 'authenticators'>;
    readonly chance: Chance;
    readonly isUnderWay: () => boolean;
  },
): Promise<void> {
  const { who, chance, isUnderWay } = how;
  const { installation, journal, writer: account } = scene;
  const traffic = startTraffic({ url: () => server.url, ...who, account, journal, chance, writers: 16 });
  const change = changePassword({ installation, journal, username: scene.changing });
  await waitUntil('writes are under way', 30, () => traffic.outcomes.length > 0 && isUnderWay());
  await delay(chance.between(50, 800));
  await server.end('SIGKILL');
  await traffic.stop();
  const { code, err } = await change;
  assert.equal(code, 0, `a command beside a server that is killed failed: ${err}`);
}

function hasUsedStep({ journal }: Scene): boolean {
  return journal.read().some(({ write, acknowledged }) => write.op === 'use TOTP step' && acknowledged !== undefined);
}

function openStore(scene: Scene): ReturnType<typeof readSqlite> {
  return readSqlite(scene.installation.databaseFile);
}

async function checkIntegrity(scene: Scene): Promise<unknown[]> {
  const reader = await openStore(scene);
  const rows = await reader.all('PRAGMA integrity_check');
  await reader.close();
  return rows.map((row) => row['integrity_check']);
}
