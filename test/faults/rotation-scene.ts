import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import pg from 'pg';
import { call } from '../support/http-call.ts';
import type { KeywrightInstallation, KeywrightServer, KeywrightSettings } from '../support/keywright-process.ts';
import { type FreshTokens, startFreshTokens } from './fresh-tokens.ts';
import { fetchKeySet, type KeySetAddress, startKeySetAddress } from './key-set-address.ts';
import { type PostgresScene, preparePostgresScene } from './postgres-scene.ts';
import { createSceneInstallation, signIn } from './scene.ts';

/** Two servers on one PostgreSQL, and what it takes to verify their tokens while keys change. */
export interface RotationScene {
  readonly scene: PostgresScene;
  readonly issuer: string;
  /** The two servers; those that are replaced stay, after them. */
  readonly servers: readonly KeywrightServer[];
  readonly address: KeySetAddress;
  /** A token of a program. */
  readonly applicationToken: string;
  /** Starts to exchange the application token at all servers that take requests. */
  startTokens(intervalMs: number, give: (token: string) => void): FreshTokens;
  /** Ends one of the two servers as an operator does, and starts it anew with other settings. */
  restart(index: 0 | 1, settings: KeywrightSettings): Promise<void>;
  /** The kids that each of the two servers publishes. */
  publishedKids(): Promise<string[][]>;
  remove(): Promise<void>;
}

export async function prepareRotation(settings: KeywrightSettings): Promise<RotationScene> {
  const scene = await preparePostgresScene(settings);
  try {
    return await startPair(scene);
  } catch (error) {
    await scene.remove();
    throw error;
  }
}

async function startPair(scene: PostgresScene): Promise<RotationScene> {
  const others: KeywrightInstallation[] = [];
  const ended: KeywrightServer[] = [];
  const pair: (KeywrightServer | undefined)[] = [await scene.installation.start(), await scene.installation.start()];
  const running = (): KeywrightServer[] => pair.filter((server) => server !== undefined);
  const urls = (): string[] => running().map(({ url }) => url);
  const applicationToken = await createToken(scene, urls()[0] ?? '');
  const address = await startKeySetAddress(urls);
  return {
    scene,
    issuer: 'http://keywright.test',
    address,
    applicationToken,
    get servers() {
      return [...running(), ...ended];
    },
    startTokens: (intervalMs, give) => startFreshTokens({ urls, applicationToken, intervalMs, give }),
    async restart(index, change) {
      const before = pair[index];
      assert.ok(before);
      pair[index] = undefined;
      const { code } = await before.end('SIGTERM');
      assert.equal(code, 0, before.written.err);
      ended.push(before);
      const installation = await createSceneInstallation({ ...scene.settings, ...change });
      others.push(installation);
      pair[index] = await installation.start();
    },
    publishedKids: async () =>
      (await Promise.all(urls().map((url) => fetchKeySet(url)))).map(({ text }) => readKids(text)),
    async remove() {
      address.close();
      for (const installation of others) await installation.remove();
      await scene.remove();
    },
  };
}

async function createToken({ writer }: PostgresScene, url: string): Promise<string> {
  const bearer = await signIn(url, writer);
  const body = { description: 'exchanged while keys change' };
  const answer = await call(new Agent(), url, { method: 'POST', path: '/api/v1/application_token', body, bearer });
  assert.equal(answer.status, 200, answer.text);
  return (JSON.parse(answer.text) as { application_token: string }).application_token;
}

/** Reads the kids of a key set, and checks that every key in it is public. */
export function readKids(keySet: string): string[] {
  const { keys } = JSON.parse(keySet) as { keys: { kid: string }[] };
  for (const key of keys) assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  return keys.map(({ kid }) => kid);
}

/** The key of auth tokens in the state; the times are in milliseconds since the epoch. */
export async function findKey(
  { scene }: RotationScene,
  state: 'current' | 'next',
): Promise<{ readonly kid: string; readonly activatedAt: number }> {
  const [row] = await query(scene, "SELECT kid, activated_at FROM signing_key WHERE purpose = 'auth' AND state = $1", [
    state,
  ]);
  return { kid: String(row?.['kid']), activatedAt: Number(row?.['activated_at']) };
}

/** Makes the next key as old as it has to be to sign. */
export async function ageNextKey({ scene }: RotationScene): Promise<void> {
  await query(scene, "UPDATE signing_key SET created_at = created_at - 360000 WHERE state = 'next'", []);
}

async function query(
  { postgres }: PostgresScene,
  sql: string,
  values: readonly string[],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}
