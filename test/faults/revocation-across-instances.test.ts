import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createVerifier, followRevocations } from '@keywright/verifier';
import pg from 'pg';
import { startCutProxy } from '../support/cut-proxy.ts';
import { followFeed } from '../support/followed-feed.ts';
import { call, NoAnswer } from '../support/http-call.ts';
import type { KeywrightServer } from '../support/keywright-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { inForm, printFigure } from './fault-form.ts';
import { preparePostgresScene } from './postgres-scene.ts';
import {
  type Cut,
  cutAgainAndAgain,
  listenersQuery,
  type RevocationScene,
  type Round,
  revokeOnce,
} from './revocation-round.ts';
import { findAlarms, signIn } from './scene.ts';
import { createChance, givenSeed } from './seeded-chance.ts';

const rounds = inForm({ short: 12, long: 200 });
const killRounds = inForm({ short: 3, long: 30 });
/** What is cut in turn: nothing, the connections on which the instances listen, the feed that the verifier follows. */
const cuts: readonly Cut[] = ['nothing', 'listener', 'feed'];
/** How long the feed stays cut at most: long enough for the longest pauses between attempts. */
const longestCutMs = 1500;
/** The figure is 1 s; other work on the machine that runs the short form must not fail it. */
const boundMs = inForm({ short: 10_000, long: 1000 });

test('what one instance revokes no other exchanges, and followers of the other refuse its auth tokens within a second', async (t) => {
  const scene = await preparePostgresScene({ KEYWRIGHT_SIGNING_ALGORITHM: 'ES256' });
  const database = new pg.Client({ connectionString: scene.postgres.url });
  t.after(async () => {
    await database.end();
    await scene.remove();
  });
  await database.connect();
  const a = await scene.installation.start();
  const b = await scene.installation.start();
  const bearer = await signIn(a.url, scene.writer);
  const feed = await followFeed(b.url, bearer);
  await feed.untilCurrent();
  const proxy = await startCutProxy(() => Number(new URL(b.url).port));
  const revocations = followRevocations({
    url: `http://127.0.0.1:${proxy.port}/api/v1/revocation`,
    authToken: () => bearer,
    maxStalenessSeconds: 30,
    whenStale: 'refuse',
  });
  t.after(async () => {
    revocations.close();
    await proxy.close();
  });
  await revocations.whenCurrent();
  const issuer = 'http://keywright.test';
  const keys = `${b.url}/.well-known/jwks.json`;
  const verifier = createVerifier({ issuer, audience: issuer, keys, revocations });
  const { results, listenersCut } = await revokeAgainAndAgain({
    ...{ a: a.url, b: b.url },
    ...{ bearer, database, feed, verifier, proxy },
  });
  await feed.close();
  assert.ok(listenersCut >= Math.floor(rounds / 3), `the connections were cut ${listenersCut} times`);
  assert.deepEqual(
    results.filter(({ accepted }) => accepted > 0),
    [],
    'a revoked application token was exchanged',
  );
  assert.deepEqual([...findAlarms(a), ...findAlarms(b)], []);
  printFigure(t, figureOf(results, listenersCut));
  const late = results.filter(({ toRefusalMs }) => toRefusalMs > boundMs);
  assert.ok(late.length <= rounds / 100, `refused too late: ${JSON.stringify(late)}`);
});

async function revokeAgainAndAgain(scene: RevocationScene): Promise<{ results: Round[]; listenersCut: number }> {
  const chance = createChance(givenSeed);
  const results: Round[] = [];
  let listenersCut = 0;
  for (let round = 0; round < rounds; round += 1) {
    await waitUntil('an instance listens', 30, async () => {
      return (await scene.database.query(`SELECT ${listenersQuery}`)).rows.length > 0;
    });
    const cut = cuts[round % cuts.length] ?? 'nothing';
    const cutting = cut === 'listener' ? cutAgainAndAgain(scene.database) : undefined;
    results.push(await revokeOnce(scene, cut, chance.between(0, longestCutMs)));
    listenersCut += (await cutting?.stop()) ?? 0;
  }
  return { results, listenersCut };
}

function figureOf(results: readonly Round[], listenersCut: number): Record<string, number> {
  const times = (which: 'toEntryMs' | 'toRefusalMs', cut?: Cut): number[] =>
    results.filter((one) => cut === undefined || one.cut === cut).map((one) => one[which]);
  return {
    seed: givenSeed,
    rounds,
    'listeners cut': listenersCut,
    'feeds cut': results.filter(({ cut }) => cut === 'feed').length,
    'exchanges after the acknowledgement': results.reduce((sum, { exchanges }) => sum + exchanges, 0),
    accepted: 0,
    'ms to the entry, median': quantile(times('toEntryMs'), 0.5),
    'to the entry, p99': quantile(times('toEntryMs'), 0.99),
    'to the refusal, median': quantile(times('toRefusalMs'), 0.5),
    'to the refusal, p99': quantile(times('toRefusalMs'), 0.99),
    'with nothing cut, p99': quantile(times('toRefusalMs', 'nothing'), 0.99),
    'with the listener cut, p99': quantile(times('toRefusalMs', 'listener'), 0.99),
    'from the healing of the cut feed, p99': quantile(times('toRefusalMs', 'feed'), 0.99),
  };
}

test('a follower whose instance is killed goes on at another, and misses nothing that was acknowledged', async (t) => {
  const scene = await preparePostgresScene();
  t.after(() => scene.remove());
  const chance = createChance(givenSeed);
  const a = await scene.installation.start();
  const bearer = await signIn(a.url, scene.writer);
  let [acknowledged, afterwards] = [0, 0];
  for (let round = 0; round < killRounds; round += 1) {
    const b = await scene.installation.start();
    const feed = await followFeed(b.url, bearer);
    await feed.untilCurrent();
    const reading = feed.untilEnd().catch(() => undefined);
    const writing = [a.url, b.url, a.url, b.url].map((url) => revokeUntilCut(url, bearer, b));
    await delay(chance.between(50, 450));
    await b.end('SIGKILL');
    const done = (await Promise.all(writing)).flat();
    await reading;
    const again = await followFeed(a.url, bearer, feed.events.at(-1)?.id);
    const missed = await again.untilCurrent();
    await again.close();
    const known = new Set([...feed.events.map(({ data }) => data), ...missed].map(({ sub }) => sub));
    assert.deepEqual(
      done.filter((subject) => !known.has(subject)),
      [],
      'acknowledged revocations that the follower never hears of',
    );
    assert.equal(again.events[0]?.event === 'reset', false);
    acknowledged += done.length;
    afterwards += missed.length;
  }
  assert.deepEqual(findAlarms(a), []);
  printFigure(t, {
    seed: givenSeed,
    rounds: killRounds,
    acknowledged,
    'told by the other instance': afterwards,
    missed: 0,
  });
});

/** Makes and revokes application tokens at an instance until one is killed; answers the subjects that were acknowledged. */
async function revokeUntilCut(url: string, bearer: string, killed: KeywrightServer): Promise<string[]> {
  const agent = new Agent({ keepAlive: true });
  const done: string[] = [];
  try {
    while (killed.isRunning) {
      const made = await call(agent, url, { method: 'POST', path: '/api/v1/application_token', bearer, body: {} });
      const { id } = JSON.parse(made.text) as { id: number };
      const body = { status: { id: 1 } };
      const answer = await call(agent, url, { method: 'PATCH', path: `/api/v1/application_token/${id}`, bearer, body });
      if (answer.status === 204) done.push(`application_token:${id}`);
    }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  } finally {
    agent.destroy();
  }
  return done;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
