import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { after, before, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Jwk } from '@keywright/verifier';
import { waitUntil } from '../support/wait-until.ts';
import { inForm, printFigure } from './fault-form.ts';
import { exchange } from './fresh-tokens.ts';
import { ageNextKey, findKey, prepareRotation, type RotationScene, readKids } from './rotation-scene.ts';
import { findAlarms } from './scene.ts';
import { startVerifiers, type VerifierProcesses, type VerifierReport } from './verifier-processes.ts';

const verifierCount = inForm({ short: 2, long: 8 });
/** 500 verifications a second in all in the long form, of which a part is of what was made a moment ago. */
const intervalMs = inForm({ short: 20, long: 20 });
const freshIntervalMs = inForm({ short: 20, long: 50 });
const rotations = inForm({ short: 2, long: 5 });
const betweenRotationsMs = inForm({ short: 0, long: 10_000 });
/** In the long form the time between rotations stands for the 360 s that a key has to be known before it signs. */
const speed = inForm({ short: 1, long: 40 });
/** The figure is 1 s; other work on the machine that runs the short form must not fail it. */
const refusedWithinMs = inForm({ short: 10_000, long: 1_000 });
const timeout = inForm({ short: 120_000, long: 300_000 });
const eddsa = { KEYWRIGHT_SIGNING_ALGORITHM: 'EdDSA' };

/** The first rotation, and each of the long form, is of a key that is known for long enough; the others are forced. */
async function rotate(scene: RotationScene, verifiers: VerifierProcesses, rotation: number): Promise<void> {
  const next = await findKey(scene, 'next');
  for (const kids of await scene.publishedKids()) {
    assert.ok(kids.includes(next.kid), 'an instance does not publish the next key');
  }
  const known = await verifiers.reports();
  assert.ok(
    known.every(({ kids }) => kids[next.kid] === undefined),
    'a key signed before it was known everywhere',
  );
  const isForced = inForm({ short: rotation > 1, long: false });
  if (!isForced) await ageNextKey(scene);
  await scene.scene.installation.runWell(['key', 'rotate', ...(isForced ? ['--force'] : [])]);
  await untilAllVerified(verifiers, next.kid);
}

/** Waits until each verifier has verified tokens of the key, at least one of each instance. */
async function untilAllVerified(verifiers: VerifierProcesses, kid: string): Promise<void> {
  await waitUntil('every verifier has verified tokens of the key', 30, async () => {
    const reports = await verifiers.reports();
    return reports.every(({ kids, failures }) => (kids[kid] ?? 0) >= 10 || Object.keys(failures).length > 0);
  });
}

function assertNoneFailed({ servers, address }: RotationScene, reports: readonly VerifierReport[]): void {
  assert.deepEqual(
    reports.map(({ failures }) => failures),
    reports.map(() => ({})),
    'verifications failed',
  );
  assert.ok(reports.every(({ verified }) => verified > 0));
  assert.ok(address.answers.length > 0);
  for (const answer of address.answers) readKids(answer);
  assert.deepEqual(servers.flatMap(findAlarms), []);
}

function sum(reports: readonly VerifierReport[]): number {
  return reports.reduce((total, { verified }) => total + verified, 0);
}

suite('one installation, whose keys change', () => {
  let scene: RotationScene;
  // The second test begins with the keys that the first one leaves, and the third with those of the second.
  before(async () => {
    scene = await prepareRotation({ KEYWRIGHT_SIGNING_ALGORITHM: 'HS256' });
  });
  after(() => scene?.remove());

  test('servers go over from HS256 to EdDSA one after the other, and no verifier refuses a token', {
    timeout,
  }, async (t) => {
    const { issuer, address } = scene;
    const exported = await scene.scene.installation.runWell(['key', 'export']);
    const secrets = (JSON.parse(exported.out) as { jwk: Jwk }[]).map(({ jwk }) => jwk);
    const setup = { issuer, keys: [address.url, ...secrets], allowSharedSecret: true, intervalMs, speed: 1 };
    const verifiers = await startVerifiers(verifierCount, setup);
    t.after(() => verifiers.stop());
    const tokens = scene.startTokens(freshIntervalMs, verifiers.give);
    try {
      await untilAllVerified(verifiers, 'none');
      await scene.restart(0, eddsa);
      await untilAllVerified(verifiers, (await findKey(scene, 'current')).kid);
      await scene.restart(1, eddsa);
      const count = tokens.count;
      await waitUntil('both instances have made tokens', 30, () => tokens.count >= count + 20);
    } finally {
      await tokens.stop();
    }
    const reports = await verifiers.reports();
    assertNoneFailed(scene, reports);
    printFigure(t, { verifiers: verifierCount, 'tokens made': tokens.count, verified: sum(reports), failed: 0 });
  });

  test('keys rotate on two instances, one of which starts anew, and no verifier refuses a token', {
    timeout,
  }, async (t) => {
    const { issuer, address } = scene;
    const setup = { issuer, keys: [address.url], allowSharedSecret: false, intervalMs, speed };
    const verifiers = await startVerifiers(verifierCount, setup);
    t.after(() => verifiers.stop());
    const startedAt = performance.now();
    const tokens = scene.startTokens(freshIntervalMs, verifiers.give);
    try {
      await untilAllVerified(verifiers, (await findKey(scene, 'current')).kid);
      const early = await scene.scene.installation.run(['key', 'rotate']);
      assert.match(early.err, /verifiers may not know it yet/);
      for (let rotation = 1; rotation <= rotations; rotation += 1) {
        await delay(betweenRotationsMs);
        await rotate(scene, verifiers, rotation);
        if (rotation === Math.floor(rotations / 2)) await scene.restart(1, eddsa);
      }
      await delay(betweenRotationsMs);
    } finally {
      await tokens.stop();
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const reports = await verifiers.reports();
    assertNoneFailed(scene, reports);
    const verified = sum(reports);
    printFigure(t, {
      verifiers: verifierCount,
      rotations,
      'tokens made': tokens.count,
      verified,
      'verified a second': verified / seconds,
      failed: 0,
      'key sets fetched': address.answers.length,
    });
  });

  test('earlier tokens are refused at once where a compromised key is taken out and the revocations are followed', {
    timeout,
  }, async (t) => {
    const { issuer, address, servers, applicationToken } = scene;
    const url = servers[1]?.url ?? '';
    const token = (): Promise<string> => exchange(new Agent(), url, applicationToken);
    const feed = { url: `${url}/api/v1/revocation`, bearer: await token() };
    const setup = { issuer, keys: [address.url], allowSharedSecret: false, intervalMs, speed: 1, feed };
    const verifiers = await startVerifiers(verifierCount, setup);
    t.after(() => verifiers.stop());
    const leaked = await findKey(scene, 'current');
    for (let made = 0; made < 20; made += 1) verifiers.give(await token());
    await untilAllVerified(verifiers, leaked.kid);
    const refusing = verifiers.untilRefused();
    await scene.scene.installation.runWell(['key', 'rotate', '--compromised']);
    for (const kids of await scene.publishedKids()) {
      assert.ok(!kids.includes(leaked.kid), 'an instance still publishes the key that was taken out');
    }
    const refused = await refusing;
    const { activatedAt } = await findKey(scene, 'current');
    const slowestMs = Math.max(...refused.map(({ at }) => at)) - activatedAt;
    for (const { codes } of refused) assert.ok(codes.every((code) => code === 'revoked' || code === 'unknown_key'));
    printFigure(t, { verifiers: verifierCount, 'refused everywhere after ms': slowestMs });
    assert.ok(slowestMs <= refusedWithinMs, `refused ${slowestMs} ms after the key was taken out`);
  });
});
