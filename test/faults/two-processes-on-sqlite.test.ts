import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CommandOutcome } from '../support/command-line.ts';
import { addAuthenticators } from './add-authenticators.ts';
import { inForm, printFigure } from './fault-form.ts';
import { countOutcomes, findFailures } from './outcomes.ts';
import { findAlarms, prepareScene, type Scene, signIn, verifyScene } from './scene.ts';
import { createChance, givenSeed } from './seeded-chance.ts';
import { readSqlite } from './store-reader.ts';
import { startTraffic } from './traffic.ts';

const rounds = inForm({ short: 3, long: 40 });
const writers = 16;
const locked = /database is locked|SQLITE_BUSY/i;

// A second server that starts would go on for ever.
const timeout = 60_000;

test('a second server on one SQLite file refuses to start and says why, and the first goes on', {
  timeout,
}, async (t) => {
  const scene = await prepareScene();
  t.after(() => scene.installation.remove());
  const server = await scene.installation.start();
  const second = await scene.installation.run(['serve', '--port', '0']);
  assert.equal(second.code, 1, second.err);
  const reason = `Another keywright server already uses ${scene.installation.databaseFile}; stop it, or use PostgreSQL for several.`;
  assert.equal(second.err, `keywright: ${reason}\n`);
  assert.equal(second.out, '');
  assert.equal(server.isRunning, true);
  await signIn(server.url, scene.writer);
  // The claim is the first server's, and goes with it.
  await server.end('SIGKILL');
  const next = await scene.installation.start();
  await signIn(next.url, scene.writer);
});

test('commands work beside a server under load, and nobody is told that the database is locked', async (t) => {
  const scene = await prepareScene();
  t.after(() => scene.installation.remove());
  const { journal, writer: account } = scene;
  const server = await scene.installation.start();
  const url = (): string => server.url;
  const bearer = await signIn(server.url, account);
  const authenticators = await addAuthenticators(scene.installation, server.url, 8);
  const traffic = startTraffic({
    url,
    bearer,
    account,
    authenticators,
    journal,
    chance: createChance(givenSeed),
    writers,
  });
  const outcomes: CommandOutcome[] = [];
  try {
    for (let round = 1; round <= rounds; round += 1) outcomes.push(...(await runCommands(scene, round)));
  } finally {
    await traffic.stop();
  }
  const said = outcomes.map(({ out, err }) => out + err).join('');
  assert.doesNotMatch(said + server.written.out + server.written.err, locked);
  assert.deepEqual(countOutcomes(findFailures(traffic.outcomes)), {}, 'requests failed');
  assert.deepEqual(findAlarms(server), []);
  const verdict = await verifyScene(scene, { url: server.url, bearer }, journal.read(), () =>
    readSqlite(scene.installation.databaseFile),
  );
  printFigure(t, {
    seed: givenSeed,
    commands: outcomes.length,
    requests: traffic.outcomes.length,
    failures: 0,
    'slowest answer in ms': Math.max(...traffic.outcomes.map(({ startedAt, endedAt }) => endedAt - startedAt)),
    lost: verdict.journal.lost.length,
    'TOTP steps tried again': verdict.journal.stepsTried,
  });
});

/** Adds a user, makes an application token, backs up, lists: some at the same time, and all must work. */
async function runCommands(scene: Scene, round: number): Promise<CommandOutcome[]> {
  const { installation, writer, journal } = scene;
  const username = `user-${round}@keywright.test`;
  const description = `made by the command line, round ${round}`;
  const acknowledge = journal.ask({ op: 'create', description });
  const add = installation.runWell(['user', 'add', username, '--password-stdin'], `a password for round ${round}`);
  const create = installation.runWell([
    'token',
    'create',
    '--user',
    writer.username,
    '--description',
    description,
    '--json',
  ]);
  const made = JSON.parse((await create).out) as { id: number; application_token: string };
  acknowledge({ id: made.id, secret: made.application_token });
  const added = await add;
  const backedUp = await backUp(scene, round);
  const list = await installation.runWell(['user', 'list', '--json']);
  assert.ok(list.out.includes(`"${username}"`), list.out);
  return [added, await create, backedUp, list];
}

/** Backs up, and checks that the copy is sound and has every token whose making was acknowledged before. */
async function backUp({ installation, journal }: Scene, round: number): Promise<CommandOutcome> {
  const file = join(installation.scratchDir, `backup-${round}.db`);
  const made = journal
    .read()
    .flatMap(({ write, acknowledged }) => (write.op === 'create' ? (acknowledged?.id ?? []) : []));
  const outcome = await installation.runWell(['backup', file]);
  const copy = await readSqlite(file);
  assert.deepEqual(
    (await copy.all('PRAGMA integrity_check')).map((row) => row['integrity_check']),
    ['ok'],
  );
  const kept = new Set((await copy.all('SELECT id FROM application_token')).map(({ id }) => id));
  await copy.close();
  assert.deepEqual(
    made.filter((id) => !kept.has(id)),
    [],
    'a backup lacks what was acknowledged before it began',
  );
  rmSync(file);
  return outcome;
}
