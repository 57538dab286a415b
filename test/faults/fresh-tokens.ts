import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { call } from '../support/http-call.ts';

/** A program that has auth tokens made all the time. */
export interface FreshTokens {
  /** How many were made so far. */
  readonly count: number;
  /** Resolves when no exchange is under way; throws what went wrong with one. */
  stop(): Promise<void>;
}

/**
 * Exchanges an application token again and again, at one instance after the other.
 *
 * @param urls the instances that take requests now
 */
export function startFreshTokens(given: {
  readonly urls: () => readonly string[];
  readonly applicationToken: string;
  readonly intervalMs: number;
  readonly give: (token: string) => void;
}): FreshTokens {
  const agent = new Agent();
  let isStopped = false;
  let count = 0;
  const working = (async () => {
    while (!isStopped) {
      const urls = given.urls();
      given.give(await exchange(agent, urls[count % urls.length] ?? '', given.applicationToken));
      count += 1;
      await delay(given.intervalMs);
    }
  })();
  // Told by stop; until then, nobody waits for it.
  working.catch(() => undefined);
  return {
    get count() {
      return count;
    },
    async stop() {
      isStopped = true;
      await working;
    },
  };
}

/** Exchanges an application token for an auth token. */
export async function exchange(agent: Agent, url: string, application_token: string): Promise<string> {
  const answer = await call(agent, url, { method: 'POST', path: '/api/v1/authenticate', body: { application_token } });
  assert.equal(answer.status, 200, answer.text);
  return (JSON.parse(answer.text) as { auth_token: string }).auth_token;
}
