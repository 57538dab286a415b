import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Verifier } from '@keywright/verifier';
import type pg from 'pg';
import type { CutProxy } from '../support/cut-proxy.ts';
import type { FollowedFeed } from '../support/followed-feed.ts';
import { call, type HttpRequest } from '../support/http-call.ts';
import { waitUntil } from '../support/wait-until.ts';

const tempoMs = 5;
const leastExchanges = 20;

/** What is cut in a round. */
export type Cut = 'nothing' | 'listener' | 'feed';

/** What one round came to. */
export interface Round {
  readonly cut: Cut;
  /** In milliseconds from the moment in which the revocation was acknowledged. */
  readonly toEntryMs: number;
  /** The same; where the feed was cut, from the moment in which it was whole again. */
  readonly toRefusalMs: number;
  /** Exchanges that the other instance was asked for after the acknowledgement, and took. */
  readonly exchanges: number;
  readonly accepted: number;
}

/** Two instances, and who follows the revocations of the second. */
export interface RevocationScene {
  readonly a: string;
  readonly b: string;
  readonly bearer: string;
  readonly database: pg.Client;
  /** A feed of the second that is never cut. */
  readonly feed: FollowedFeed;
  readonly verifier: Verifier;
  /** On the way of the verifier's feed. */
  readonly proxy: CutProxy;
}

/** Selects the connections on which instances listen; a list of columns comes before it. */
export const listenersQuery = "FROM pg_stat_activity WHERE application_name = 'keywright listener'";

/** Cuts the connections on which instances listen as often as they are made anew. */
export function cutAgainAndAgain(database: pg.Client): { stop: () => Promise<number> } {
  let [isOver, cuts] = [false, 0];
  const cutting = (async () => {
    while (!isOver || cuts === 0) {
      cuts += (await database.query(`SELECT pg_terminate_backend(pid) ${listenersQuery}`)).rows.length;
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

/**
 * Revokes an application token at the first instance, and has the second exchange it until followers have heard of it.
 *
 * @param healAfterMs how long the feed stays cut after the acknowledgement, where it is what is cut
 */
export async function revokeOnce(scene: RevocationScene, cut: Cut, healAfterMs: number): Promise<Round> {
  const { a, b, bearer, database, feed, verifier, proxy } = scene;
  const agent = new Agent({ keepAlive: true });
  const send = (url: string, request: HttpRequest) => call(agent, url, request);
  const made = await send(a, { method: 'POST', path: '/api/v1/application_token', bearer, body: {} });
  const { id, application_token } = JSON.parse(made.text) as { id: number; application_token: string };
  const exchange = () => send(b, { method: 'POST', path: '/api/v1/authenticate', body: { application_token } });
  const { auth_token } = JSON.parse((await exchange()).text) as { auth_token: string };
  await verifier.verify(auth_token);
  if (cut === 'feed') proxy.cut();
  const body = { status: { id: 1 } };
  const answer = await send(a, { method: 'PATCH', path: `/api/v1/application_token/${id}`, bearer, body });
  const acknowledgedAt = performance.now();
  assert.equal(answer.status, 204, answer.text);
  const sinceMs = (): number => performance.now() - acknowledgedAt;
  const told = nextEntry(feed, `application_token:${id}`).then(sinceMs);
  const refused = refusedAfter(verifier, auth_token, async () => {
    if (cut === 'feed') await delay(healAfterMs);
    proxy.heal();
  });
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
  return { cut, toEntryMs, toRefusalMs, exchanges, accepted };
}

async function nextEntry(feed: FollowedFeed, subject: string): Promise<void> {
  for (;;) {
    const event = await feed.next();
    assert.ok(event, 'the feed ended');
    if (event.event === 'revocation' && event.data.sub === subject) return;
  }
}

/** How long it takes, from the healing on, until the token is refused. */
async function refusedAfter(verifier: Verifier, token: string, heal: () => Promise<void>): Promise<number> {
  await heal();
  return waitUntil('the auth token is refused', 30, () =>
    verifier.verify(token).then(
      () => false,
      (error) => {
        assert.equal(error.code, 'revoked');
        return true;
      },
    ),
  );
}
