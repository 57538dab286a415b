import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { type JwksServer, startJwksServer } from '../test/jwks-server.ts';
import { refusalOf } from '../test/refusal-of.ts';
import {
  audience,
  headerOf,
  issuer,
  issueToken,
  jwkOf,
  secretKey,
  signToken,
  type TestKey,
  testKeys,
  userClaims,
} from '../test/sign-token.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/test-environment.ts';
import { createVerifier, type Verifier } from './verifier.ts';
import type { VerifierOptions } from './verifier-options.ts';

const { ES256, EdDSA, RS256, HS256 } = testKeys;

interface Scene {
  readonly server: JwksServer;
  readonly verifier: Verifier;
  readonly environment: TestEnvironment;
  readonly problems: Error[];
  verify(key: TestKey): Promise<unknown>;
}

async function follow(
  context: TestContext,
  keys: readonly TestKey[],
  options: Partial<VerifierOptions> = {},
): Promise<Scene> {
  const server = await startJwksServer(...keys);
  context.after(() => server.stop());
  const environment = createTestEnvironment();
  const problems: Error[] = [];
  const verifier = createVerifier({
    issuer,
    audience,
    keys: server.url,
    environment,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  // Long-lived, so that tests can turn the clock by a day.
  const claims = { ...userClaims, exp: userClaims.exp + 1_000_000 };
  return { server, verifier, environment, problems, verify: (key) => verifier.verify(issueToken(key, claims)) };
}

/** A token that names a key which nobody has. */
function tokenWithKid(kid: string): string {
  return signToken(ES256, { ...headerOf(ES256, { typ: 'at+jwt' }), kid }, userClaims);
}

const noRevocations = {
  epoch: 0,
  isRevoked: () => false,
  isTooStale: () => false,
  stalenessSeconds: () => 0,
  revision: 0,
  size: 0,
  whenCurrent: () => Promise.resolve(),
  close: () => undefined,
};

function fail(server: JwksServer, status = 503): void {
  server.answer((_request, response) => response.writeHead(status).end());
}

test('the keys are fetched once, however many tokens come at the same time, and then none again while they are fresh', async (context) => {
  const { server, environment, verify } = await follow(context, [ES256, EdDSA, RS256]);
  assert.equal(server.requests, 0);
  await Promise.all([ES256, EdDSA, RS256, ES256, EdDSA].map(verify));
  environment.advance(299);
  await verify(ES256);
  assert.equal(server.requests, 1);
});

test('a thousand tokens with random kids make two fetches at most (security D 57)', async (context) => {
  const { server, verifier, verify } = await follow(context, [ES256]);
  const codes = Array.from({ length: 500 }, (_, at) => refusalOf(verifier.verify(tokenWithKid(`random-${at}`))));
  for (const code of await Promise.all(codes)) assert.equal(code, 'unknown_key');
  for (let at = 500; at < 1000; at += 1) {
    assert.equal(await refusalOf(verifier.verify(tokenWithKid(`random-${at}`))), 'unknown_key');
  }
  assert.ok(server.requests <= 2, `${server.requests} fetches`);
  await verify(ES256);
});

test('an unknown kid makes the keys be fetched once per cool-down, and a new key is found so (security D 56)', async (context) => {
  const { server, verifier, environment, verify } = await follow(context, [ES256], { keyCoolDownSeconds: 60 });
  await verify(ES256);
  server.publish(ES256, EdDSA);
  await verify(EdDSA);
  assert.equal(server.requests, 2);
  server.publish(ES256, EdDSA, RS256);
  environment.advance(59);
  assert.equal(await refusalOf(verify(RS256)), 'unknown_key');
  assert.equal(server.requests, 2);
  environment.advance(1);
  await verify(RS256);
  for (let at = 0; at < 5; at += 1) await refusalOf(verifier.verify(tokenWithKid(`random-${at}`)));
  assert.equal(server.requests, 3);
});

test('a cache on the way is asked to have the keys vouched for, and for new ones where a key is missing or may be out', async (context) => {
  const revocations = { ...noRevocations };
  const { server, environment, verify } = await follow(context, [ES256], { revocations });
  const asked: (string | undefined)[] = [];
  const body = JSON.stringify({ keys: [ES256, EdDSA].map(jwkOf) });
  server.answer(({ headers }, response) => {
    asked.push(headers['cache-control']);
    response.writeHead(200, { 'cache-control': 'max-age=300' }).end(body);
  });
  await verify(ES256);
  assert.equal(await refusalOf(verify(RS256)), 'unknown_key');
  environment.advance(600);
  await verify(ES256);
  revocations.epoch = 1;
  await verify(ES256);
  assert.deepEqual(asked, ['max-age=0', 'no-cache', 'max-age=0', 'no-cache']);
});

test('a key that could not be looked for is looked for again after a pause, before the cool-down has passed', async (context) => {
  const { server, environment, verify } = await follow(context, [ES256]);
  await verify(ES256);
  fail(server, 502);
  assert.equal(await refusalOf(verify(EdDSA)), 'unknown_key');
  server.publish(ES256, EdDSA);
  assert.equal(await refusalOf(verify(EdDSA)), 'unknown_key');
  assert.equal(server.requests, 2);
  environment.advance(1);
  await verify(EdDSA);
});

test('while the keys can not be fetched, known ones go on for hours and unknown ones are refused (security D 56)', async (context) => {
  const { server, environment, problems, verify } = await follow(context, [ES256]);
  await verify(ES256);
  fail(server);
  for (let minute = 0; minute < 23 * 60; minute += 5) {
    environment.advance(300);
    await verify(ES256);
    assert.equal(await refusalOf(verify(EdDSA)), 'unknown_key');
  }
  assert.ok(problems.length > 100);
  server.publish(ES256, EdDSA);
  environment.advance(60);
  await verify(EdDSA);
  await verify(ES256);
});

test('keys that could not be fetched anew for a day are held no longer', async (context) => {
  const { server, environment, verify } = await follow(context, [ES256]);
  await verify(ES256);
  fail(server);
  environment.advance(86_399);
  await verify(ES256);
  environment.advance(1);
  assert.equal(await refusalOf(verify(ES256)), 'keys_unavailable');
  server.publish(ES256);
  environment.advance(60);
  await verify(ES256);
});

test('where the keys can not be fetched, attempts are made less and less often, and once a minute at last', async (context) => {
  const { server, environment, verify } = await follow(context, [ES256]);
  fail(server);
  const attempts: number[] = [];
  for (let second = 0; second < 400; second += 1) {
    const before = server.requests;
    assert.equal(await refusalOf(verify(ES256)), 'keys_unavailable');
    if (server.requests > before) attempts.push(second);
    environment.advance(1);
  }
  assert.deepEqual(attempts, [0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363]);
});

test('neither stale keys nor unknown ones make attempts more often than failures allow', async (context) => {
  const { server, verifier, environment, verify } = await follow(context, [ES256], { keyCoolDownSeconds: 1 });
  await verify(ES256);
  fail(server);
  environment.advance(300);
  const attempts: number[] = [];
  for (let second = 0; second < 200; second += 1) {
    const before = server.requests;
    assert.equal(await refusalOf(verifier.verify(tokenWithKid(`random-${second}`))), 'unknown_key');
    await verify(ES256);
    if (server.requests > before) attempts.push(second);
    environment.advance(1);
  }
  assert.deepEqual(attempts, [0, 1, 3, 7, 15, 31, 63, 123, 183]);
});

test('keys that are fetched anew and are the same keep what is remembered of tokens', async (context) => {
  let lookedUp = 0;
  const isRevoked = (): boolean => {
    lookedUp += 1;
    return false;
  };
  const revocations = { ...noRevocations, isRevoked };
  const { server, verifier, environment } = await follow(context, [ES256], { revocations });
  const token = issueToken(ES256);
  await verifier.verify(token);
  environment.advance(600);
  await verifier.verify(token);
  assert.deepEqual([server.requests, lookedUp], [2, 1]);
  server.publish(ES256, EdDSA);
  environment.advance(600);
  await verifier.verify(token);
  assert.deepEqual([server.requests, lookedUp], [3, 2]);
});

test('a key that has left the set ends the tokens that it signed, remembered or not, once the keys are no longer fresh', async (context) => {
  const { server, verifier, environment, verify } = await follow(context, [ES256, EdDSA]);
  // An ES256 signature is another one each time.
  const token = issueToken(ES256);
  await verifier.verify(token);
  await verify(EdDSA);
  server.publish(EdDSA);
  environment.advance(600);
  assert.equal(await refusalOf(verifier.verify(token)), 'unknown_key');
  assert.equal(await refusalOf(verify(ES256)), 'unknown_key');
  await verify(EdDSA);
});

test('once every token from before is revoked, no token is taken before the keys have been asked for anew', async (context) => {
  const revocations = { ...noRevocations, epoch: 0, revision: 0 };
  const { server, verifier, environment } = await follow(context, [ES256], { revocations });
  const token = issueToken(ES256);
  await verifier.verify(token);
  server.publish(EdDSA);
  assert.ok(await verifier.verify(token));
  revocations.epoch = 1;
  const both = [verifier.verify(token), verifier.verify(token)].map(refusalOf);
  assert.deepEqual(await Promise.all(both), ['unknown_key', 'unknown_key']);
  assert.equal(server.requests, 2);
  environment.advance(1);
  assert.equal(await refusalOf(verifier.verify(token)), 'unknown_key');
});

test('keys that could not be asked for anew when everything was revoked are asked for again until they come', async (context) => {
  const revocations = { ...noRevocations, epoch: 0, revision: 0 };
  const { server, verifier, environment } = await follow(context, [ES256], { revocations });
  const token = issueToken(ES256);
  await verifier.verify(token);
  fail(server);
  revocations.epoch = 1;
  await verifier.verify(token);
  assert.equal(server.requests, 2);
  server.publish(EdDSA);
  environment.advance(1);
  const isTaken = () =>
    verifier.verify(token).then(
      () => true,
      () => false,
    );
  while (await isTaken()) await new Promise(setImmediate);
  assert.equal(await refusalOf(verifier.verify(token)), 'unknown_key');
  assert.equal(server.requests, 3);
});

test('an instance that knew the old keys yet, when everything was revoked, is not believed for long', async (context) => {
  const revocations = { ...noRevocations, epoch: 0, revision: 0 };
  const { server, verifier, environment } = await follow(context, [ES256], { revocations });
  const token = issueToken(ES256);
  await verifier.verify(token);
  revocations.epoch = 1;
  await verifier.verify(token);
  assert.equal(server.requests, 2);
  server.publish(EdDSA);
  environment.advance(4);
  await verifier.verify(token);
  assert.equal(server.requests, 2);
  environment.advance(6);
  assert.equal(await refusalOf(verifier.verify(token)), 'unknown_key');
  assert.equal(server.requests, 3);
});

test('keys that were on their way when everything was revoked are asked for once more', async (context) => {
  const revocations = { ...noRevocations, epoch: 0, revision: 0 };
  const { server, verifier } = await follow(context, [ES256], { revocations });
  const asked = Promise.withResolvers<() => void>();
  server.answer((_request, response) => {
    asked.resolve(() => response.writeHead(200).end(JSON.stringify({ keys: [jwkOf(ES256)] })));
  });
  const token = issueToken(ES256);
  const first = verifier.verify(token);
  const answer = await asked.promise;
  server.publish(EdDSA);
  revocations.epoch = 1;
  const second = refusalOf(verifier.verify(token));
  answer();
  await first;
  assert.equal(await second, 'unknown_key');
});

test('while two revocations of everything are on their way, no token is taken by keys from before the second', async (context) => {
  const revocations = { ...noRevocations, epoch: 0, revision: 0 };
  const { server, verifier } = await follow(context, [ES256], { revocations });
  const token = issueToken(ES256);
  await verifier.verify(token);
  const requests: (() => void)[] = [];
  const hold = (status: number): void =>
    server.answer((_request, response) => {
      requests.push(() => response.writeHead(status).end(JSON.stringify({ keys: [jwkOf(EdDSA)] })));
    });
  const turnUntilAsked = async (count: number): Promise<void> => {
    while (requests.length < count) await new Promise(setImmediate);
  };
  hold(503);
  revocations.epoch = 1;
  const first = verifier.verify(token);
  await turnUntilAsked(1);
  hold(200);
  revocations.epoch = 2;
  const second = refusalOf(verifier.verify(token));
  requests[0]?.();
  await turnUntilAsked(2);
  await first;
  const third = refusalOf(verifier.verify(token));
  requests[1]?.();
  assert.deepEqual([await second, await third], ['unknown_key', 'unknown_key']);
});

test('a key that begins to sign while the keys are on their way is found all the same', async (context) => {
  for (const isFirst of [true, false]) {
    const { server, environment, verify } = await follow(context, [ES256]);
    if (!isFirst) await verify(ES256);
    const asked = Promise.withResolvers<() => void>();
    server.answer((_request, response) => {
      asked.resolve(() => response.writeHead(200).end(JSON.stringify({ keys: [jwkOf(ES256)] })));
    });
    environment.advance(301);
    const before = verify(ES256);
    const answer = await asked.promise;
    server.publish(ES256, EdDSA);
    const after = verify(EdDSA);
    answer();
    await Promise.all([before, after]);
  }
});

test('keys that are no longer fresh are fetched anew while verifying goes on with them', async (context) => {
  const { server, environment, verify } = await follow(context, [ES256]);
  await verify(ES256);
  const asked = Promise.withResolvers<() => void>();
  server.answer((_request, response) => {
    asked.resolve(() => response.writeHead(200).end(JSON.stringify({ keys: [jwkOf(ES256), jwkOf(EdDSA)] })));
  });
  environment.advance(301);
  await verify(ES256);
  const answer = await asked.promise;
  await verify(ES256);
  answer();
  await verify(EdDSA);
  assert.equal(server.requests, 2);
});

test('a verifier that has rested for long waits for the keys before it trusts them again, but not for ones that do not come', async (context) => {
  const { server, environment, verify } = await follow(context, [ES256, EdDSA]);
  await verify(ES256);
  environment.advance(3_600);
  server.publish(EdDSA);
  assert.equal(await refusalOf(verify(ES256)), 'unknown_key');
  environment.advance(3_600);
  server.answer(() => undefined);
  const waiting = verify(EdDSA);
  while (server.requests < 3) await new Promise(setImmediate);
  environment.advance(5);
  await waiting;
  environment.advance(60);
  await verify(EdDSA);
});

test('an answer that takes longer than five seconds is not waited for', async (context) => {
  const { server, environment, problems, verify } = await follow(context, [ES256]);
  server.answer(() => undefined);
  const refused = refusalOf(verify(ES256));
  while (server.requests === 0) await new Promise(setImmediate);
  environment.advance(5);
  assert.equal(await refused, 'keys_unavailable');
  assert.match(String(problems[0]), /5 seconds/);
});

test('a set with a private key or a secret is refused, and the keys before go on', async (context) => {
  const { server, environment, problems, verify } = await follow(context, [ES256]);
  await verify(ES256);
  const leaked = { ...jwkOf(EdDSA), ...EdDSA.privateKey.export({ format: 'jwk' }), kid: EdDSA.kid };
  for (const jwk of [leaked, jwkOf(HS256)]) {
    server.answer((_request, response) => response.end(JSON.stringify({ keys: [jwkOf(ES256), jwk] })));
    environment.advance(400);
    assert.equal(await refusalOf(verify(EdDSA)), 'unknown_key');
    await verify(ES256);
  }
  assert.ok(problems.length >= 2);
  const told = problems.map((problem) => `${problem.stack} ${JSON.stringify(problem)}`).join();
  assert.equal(told.includes(String(leaked.d)), false);
});

test('answers that are no key set, too large, or redirections are refused', async (context) => {
  const elsewhere = await startJwksServer(ES256);
  context.after(() => elsewhere.stop());
  const { server, environment, verify } = await follow(context, [ES256]);
  const answers: ((response: ServerResponse) => void)[] = [
    (response) => response.end('<html>'),
    (response) => response.writeHead(404).end(JSON.stringify({ keys: [jwkOf(ES256)] })),
    (response) => response.writeHead(302, { location: elsewhere.url }).end(),
    (response) => response.end(`{"keys":[${' '.repeat(300_000)}]}`),
    (response) => response.destroy(),
  ];
  for (const answer of answers) {
    server.answer((_request, response) => answer(response));
    environment.advance(60);
    assert.equal(await refusalOf(verify(ES256)), 'keys_unavailable');
  }
  assert.equal(elsewhere.requests, 0);
});

const freshness: readonly (readonly [headers: Record<string, string>, seconds: number])[] = [
  [{ 'cache-control': 'public, max-age=900' }, 900],
  [{ 'cache-control': 'max-age=900', age: '600' }, 300],
  [{ 'cache-control': 's-maxage=7, MAX-AGE="120"' }, 120],
  [{}, 300],
  [{ 'cache-control': 'no-store, max-age=900' }, 30],
  [{ 'cache-control': 'max-age=0' }, 30],
  [{ 'cache-control': 'max-age=9999999' }, 86_400],
];

for (const [headers, seconds] of freshness) {
  test(`keys that come with ${JSON.stringify(headers)} are fresh for ${seconds} seconds`, async (context) => {
    const { server, environment, verify } = await follow(context, [], { maxKeyStalenessSeconds: 1_000_000 });
    server.answer((_request, response) => {
      response.writeHead(200, headers).end(JSON.stringify({ keys: [jwkOf(ES256)] }));
    });
    await verify(ES256);
    environment.advance(seconds - 1);
    await verify(ES256);
    assert.equal(server.requests, 1);
    environment.advance(1);
    await verify(ES256);
    while (server.requests === 1) await new Promise(setImmediate);
  });
}

test('secrets given beside the address verify without it, while keys are followed', async (context) => {
  const server = await startJwksServer(ES256);
  context.after(() => server.stop());
  const environment = createTestEnvironment();
  const keys = [server.url, jwkOf(HS256)];
  const verifier = createVerifier({ issuer, audience, keys, allowSharedSecret: true, environment });
  fail(server);
  assert.ok(await verifier.verify(issueToken(HS256)));
  assert.equal(server.requests, 0);
  assert.equal(await refusalOf(verifier.verify(issueToken(ES256))), 'keys_unavailable');
  server.publish(ES256);
  environment.advance(1);
  assert.ok(await verifier.verify(issueToken(ES256)));
  assert.ok(await verifier.verify(issueToken(HS256)));
});

test('an HS256 token under the bytes of a followed public key is refused (security D 43)', async (context) => {
  const { verifier, verify } = await follow(context, [ES256, RS256]);
  await verify(ES256);
  const { HS256: secret } = testKeys;
  for (const key of [ES256, RS256]) {
    const pem = key.verifying.key.export({ format: 'pem', type: 'spki' });
    const confused = signToken(secretKey(key.kid, pem), headerOf({ ...secret, kid: key.kid }), userClaims);
    assert.equal(await refusalOf(verifier.verify(confused)), 'unknown_key');
  }
});

test('nothing but the one address is asked, whatever tokens name (security D 44)', async (context) => {
  const forger = await startJwksServer(EdDSA);
  context.after(() => forger.stop());
  const { server, verifier } = await follow(context, [ES256]);
  for (const name of ['jku', 'x5u']) {
    const header = { ...headerOf(EdDSA, { typ: 'at+jwt' }), [name]: forger.url, jwk: jwkOf(EdDSA) };
    assert.equal(await refusalOf(verifier.verify(signToken(EdDSA, header, userClaims))), 'unknown_key');
  }
  assert.equal(forger.requests, 0);
  assert.ok(server.requests <= 2);
});
