import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createVerifier, followRevocations, type Verifier } from '@keywright/verifier';
import pg from 'pg';
import { followFeed } from '../support/followed-feed.ts';
import { call, type HttpRequest, NoAnswer } from '../support/http-call.ts';
import type { KeywrightServer } from '../support/keywright-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { inForm, printFigure } from './fault-form.ts';
import { preparePostgresScene } from './postgres-scene.ts';
import { findAlarms, signIn } from './scene.ts';
import { createChance, givenSeed } from './seeded-chance.ts';

const rounds = inForm({ short: 12, long: 200 });
const killRounds = inForm({ short: 3, long: 30 });
/** In every other round the connections on which the instances listen are cut. */
const isCut = (round: number): boolean => round % 2 === 1;
const tempoMs = 5;
const leastExchanges = 20;
const boundMs = 1000;

const listeners = "FROM pg_stat_activity WHERE application_name = 'keywright listener'";

/** What one round came to, in milliseconds from the moment in which the revocation was acknowledged. */
interface Round {
  readonly isCut: boolean;
  readonly toEntryMs: number;
  readonly toRefusalMs: number;
  /** Exchanges that the other instance was asked for after that moment, and took. */
  readonly exchanges: number;
  readonly accepted: number;
}

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
  const revocations = followRevocations({
    url: `${b.url}/api/v1/revocation`,
    authToken: () => bearer,
    maxStalenessSeconds: 30,
    whenStale: 'refuse',
  });
  await revocations.whenCurrent();
  const issuer = 'http://keywright.test';
  const keys = `${b.url}/.well-known/jwks.json`;
  const verifier = createVerifier({ issuer, audience: issuer, keys, revocations });
  const results: Round[] = [];
  let cuts = 0;
  for (let round = 0; round < rounds; round += 1) {
    await waitUntil(
      'an instance listens',
      30,
      async () => (await database.query(`SELECT ${listeners}`)).rows.length > 0,
    );
    const cutting = isCut(round) ? cutAgainAndAgain(database) : undefined;
    results.push(await revokeOnce({ a: a.url, b: b.url, bearer, database, feed, verifier, isCut: isCut(round) }));
    cuts += (await cutting?.stop()) ?? 0;
  }
  revocations.close();
  await feed.close();
  assert.ok(cuts >= rounds / 2, `the connections were cut ${cuts} times`);
  assert.deepEqual(
    results.filter(({ accepted }) => accepted > 0),
    [],
    'a revoked application token was exchanged',
  );
  const late = results.filter(({ toRefusalMs }) => toRefusalMs > boundMs);
  assert.ok(late.length <= rounds / 100, `refused too late: ${JSON.stringify(late)}`);
  assert.deepEqual([...findAlarms(a), ...findAlarms(b)], []);
  const times = (which: 'toEntryMs' | 'toRefusalMs', cut: boolean): number[] =>
    results.filter((one) => one.isCut === cut).map((one) => one[which]);
  printFigure(t, {
    rounds,
    'listeners cut': cuts,
    'exchanges after the acknowledgement': results.reduce((sum, { exchanges }) => sum + exchanges, 0),
    accepted: 0,
    'ms to the entry, median': quantile(times('toEntryMs', false), 0.5),
    p99: quantile(times('toEntryMs', false), 0.99),
    'with the listener cut, median': quantile(times('toEntryMs', true), 0.5),
    'with the listener cut, p99': quantile(times('toEntryMs', true), 0.99),
    'ms to the refusal, p99': quantile(times('toRefusalMs', false), 0.99),
    'to the refusal with the listener cut, p99': quantile(times('toRefusalMs', true), 0.99),
  });
});

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

/** Cuts the connections on which instances listen as often as they are made anew. */
function cutAgainAndAgain(database: pg.Client): { stop: () => Promise<number> } {
  let [isOver, cuts] = [false, 0];
  const cutting = (async () => {
    while (!isOver || cuts === 0) {
      cuts += (await database.query(`SELECT pg_terminate_backend(pid) ${listeners}`)).rows.length;
      await delay(tempoMs);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await cutting;
      return cuts;
    },
  };
}

interface Revocation {
  readonly a: string;
  readonly b: string;
  readonly bearer: string;
  readonly database: pg.Client;
  readonly feed: Awaited<ReturnType<typeof followFeed>>;
  readonly verifier: Verifier;
  readonly isCut: boolean;
}

async function revokeOnce(revocation: Revocation): Promise<Round> {
  const { a, b, bearer, database, feed, verifier } = revocation;
  const agent = new Agent({ keepAlive: true });
  const send = (url: string, request: HttpRequest) => call(agent, url, request);
  const made = await send(a, { method: 'POST', path: '/api/v1/application_token', bearer, body: {} });
  const { id, application_token } = JSON.parse(made.text) as { id: number; application_token: string };
  const exchange = () => send(b, { method: 'POST', path: '/api/v1/authenticate', body: { application_token } });
  const { auth_token } = JSON.parse((await exchange()).text) as { auth_token: string };
  await verifier.verify(auth_token);
  const body = { status: { id: 1 } };
  const answer = await send(a, { method: 'PATCH', path: `/api/v1/application_token/${id}`, bearer, body });
  const acknowledgedAt = performance.now();
  assert.equal(answer.status, 204, answer.text);
  const sinceMs = (): number => performance.now() - acknowledgedAt;
  const told = nextEntry(feed, `application_token:${id}`).then(sinceMs);
  const refused = untilRefused(verifier, auth_token).then(sinceMs);
  let isOver = false;
  const over = Promise.all([told, refused]).finally(() => {
    isOver = true;
  });
  let [exchanges, accepted] = [0, 0];
  while (!isOver || exchanges < leastExchanges) {
    const { status, text } = await exchange();
    exchanges += 1;
    if (status === 200) accepted += 1;
    else assert.equal(status, 401, text);
    const { rows } = await database.query('SELECT revoked_at FROM application_token WHERE id = $1', [id]);
    assert.ok(rows[0]?.revoked_at, 'an acknowledged revocation is not in the database');
    await delay(tempoMs);
  }
  const [toEntryMs, toRefusalMs] = await over;
  agent.destroy();
  return { isCut: revocation.isCut, toEntryMs, toRefusalMs, exchanges, accepted };
}

async function nextEntry(feed: Revocation['feed'], subject: string): Promise<void> {
  for (;;) {
    const event = await feed.next();
    assert.ok(event, 'the feed ended');
    if (event.event === 'revocation' && event.data.sub === subject) return;
  }
}

async function untilRefused(verifier: Verifier, token: string): Promise<void> {
  await waitUntil('the auth token is refused', 30, () =>
    verifier.verify(token).then(
      () => false,
      (error) => {
        assert.equal(error.code, 'revoked');
        return true;
      },
    ),
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
