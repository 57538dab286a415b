import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type FeedServer, startFeedServer, until } from '../test/feed-server.ts';
import { userClaims } from '../test/sign-token.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/test-environment.ts';
import { type FollowRevocationsOptions, followRevocations } from './follow-revocations.ts';
import type { RevocationFollower } from './revocation-follower.ts';

interface Scene {
  readonly server: FeedServer;
  readonly environment: TestEnvironment;
  readonly follower: RevocationFollower;
  readonly problems: Error[];
}

async function follow(context: TestContext, options: Partial<FollowRevocationsOptions> = {}): Promise<Scene> {
  const server = await startFeedServer();
  const environment = createTestEnvironment();
  const problems: Error[] = [];
  const follower = followRevocations({
    url: server.url,
    authToken: () => 'the-token',
    maxStalenessSeconds: 30,
    whenStale: 'refuse',
    environment,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  context.after(async () => {
    follower.close();
    await server.stop();
  });
  return { server, environment, follower, problems };
}

/** Lets the event loop turn until something is so: what comes over the network comes in turns of its own. */
async function turnUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

const entry = (sub: string, below = 9) => ({ sub, below, until });
const isRevoked = ({ follower }: Scene, sub: string): boolean => follower.isRevoked({ ...userClaims, sub });

/** Waits until the connection has failed once more, which is when the pause before the next attempt begins. */
async function nextProblem(scene: Scene): Promise<Error> {
  await turnUntil(() => scene.problems.length > 0);
  return scene.problems.shift()!;
}

/** Waits for a failure, and lets the pause after it pass. */
async function passPause(scene: Scene, seconds: number): Promise<void> {
  await nextProblem(scene);
  scene.environment.advance(seconds);
}

test('it connects with the token it is given, and knows everything once the feed says so', async (context) => {
  const scene = await follow(context, { authToken: async () => 'another-token' });
  const { server, follower } = scene;
  assert.equal(follower.stalenessSeconds(), Number.POSITIVE_INFINITY);
  assert.equal(follower.isTooStale(), true);
  const feed = await server.next();
  assert.equal(feed.authorization, 'Bearer another-token');
  assert.equal(feed.lastEventId, undefined);
  feed.revoke(1, entry('user:1'));
  await turnUntil(() => isRevoked(scene, 'user:1'));
  assert.equal(follower.isTooStale(), true);
  feed.current(1);
  await follower.whenCurrent();
  assert.equal(follower.isTooStale(), false);
  assert.equal(follower.stalenessSeconds(), 0);
  assert.equal(follower.size, 1);
});

test('a revocation holds from the moment in which it is told', async (context) => {
  const scene = await follow(context);
  const feed = await scene.server.next();
  feed.current(1);
  await scene.follower.whenCurrent();
  const before = scene.follower.revision;
  assert.equal(isRevoked(scene, 'user:42'), false);
  feed.revoke(2, entry('user:42'));
  await turnUntil(() => isRevoked(scene, 'user:42'));
  assert.notEqual(scene.follower.revision, before);
});

test('it says how stale it is, and is too stale beyond the allowed age, until the feed speaks again', async (context) => {
  const scene = await follow(context, { silenceSeconds: 1000 });
  const { server, environment, follower } = scene;
  const feed = await server.next();
  feed.current(1);
  await follower.whenCurrent();
  environment.advance(30);
  assert.equal(follower.stalenessSeconds(), 30);
  assert.equal(follower.isTooStale(), false);
  environment.advance(1);
  assert.equal(follower.isTooStale(), true);
  feed.current(1);
  await turnUntil(() => follower.stalenessSeconds() === 0);
  assert.equal(follower.isTooStale(), false);
});

test('a wall clock that is set changes nothing of how stale it is', async (context) => {
  const { server, environment, follower } = await follow(context);
  (await server.next()).current(1);
  await follower.whenCurrent();
  for (const instant of [0, Date.parse('2037-01-01T00:00:00Z')]) {
    environment.setWallClock(instant);
    assert.equal(follower.stalenessSeconds(), 0);
  }
});

test('one that accepts when stale is never too stale', async (context) => {
  const { server, environment, follower } = await follow(context, { whenStale: 'accept', silenceSeconds: 10_000 });
  assert.equal(follower.isTooStale(), false);
  (await server.next()).current(1);
  await follower.whenCurrent();
  environment.advance(5_000);
  assert.equal(follower.isTooStale(), false);
  assert.equal(follower.stalenessSeconds(), 5_000);
});

test('after a cut it goes on behind the last event that it knows, and keeps what it knows meanwhile', async (context) => {
  const scene = await follow(context);
  const first = await scene.server.next();
  first.revoke(1, entry('user:1'));
  first.current(7);
  await scene.follower.whenCurrent();
  first.revoke(8, entry('user:2'));
  await turnUntil(() => isRevoked(scene, 'user:2'));
  first.cut();
  await passPause(scene, 0.1);
  const second = await scene.server.next();
  assert.equal(second.lastEventId, '8');
  assert.equal(isRevoked(scene, 'user:1'), true);
  second.revoke(9, entry('user:3'));
  second.current(9);
  await turnUntil(() => isRevoked(scene, 'user:3'));
  assert.equal(scene.follower.size, 3);
});

test('cut before it knows everything, it begins at the beginning again', async (context) => {
  const scene = await follow(context);
  const first = await scene.server.next();
  first.revoke(5, entry('user:1'));
  await turnUntil(() => isRevoked(scene, 'user:1'));
  first.cut();
  await passPause(scene, 0.1);
  assert.equal((await scene.server.next()).lastEventId, undefined);
});

test('where its last event is not known any more, it takes what is in force now, and goes on refusing until it has it', async (context) => {
  const scene = await follow(context);
  const first = await scene.server.next();
  first.revoke(1, entry('user:1'));
  first.revoke(2, entry('user:2'));
  first.current(2);
  await scene.follower.whenCurrent();
  first.cut();
  await passPause(scene, 0.1);
  const second = await scene.server.next();
  second.reset();
  second.revoke(1, entry('user:2'));
  second.revoke(2, entry('user:3'));
  await turnUntil(() => isRevoked(scene, 'user:3'));
  assert.equal(isRevoked(scene, 'user:1'), true);
  second.current(2);
  await turnUntil(() => !isRevoked(scene, 'user:1'));
  assert.equal(isRevoked(scene, 'user:2'), true);
  assert.equal(isRevoked(scene, 'user:3'), true);
  assert.equal(scene.follower.size, 2);
});

test('cut while it takes everything anew, it asks for everything again', async (context) => {
  const scene = await follow(context);
  const first = await scene.server.next();
  first.revoke(1, entry('user:1'));
  first.current(1);
  await scene.follower.whenCurrent();
  first.reset();
  first.revoke(4, entry('user:2'));
  await turnUntil(() => isRevoked(scene, 'user:2'));
  first.cut();
  await passPause(scene, 0.1);
  const second = await scene.server.next();
  assert.equal(second.lastEventId, undefined);
  second.revoke(4, entry('user:2'));
  second.current(4);
  await turnUntil(() => !isRevoked(scene, 'user:1'));
  assert.equal(isRevoked(scene, 'user:2'), true);
});

test('a connection that has been silent for six seconds is replaced', async (context) => {
  const scene = await follow(context);
  const { server, environment, follower } = scene;
  const first = await server.next();
  first.current(1);
  await follower.whenCurrent();
  environment.advance(5);
  first.current(1);
  await turnUntil(() => follower.stalenessSeconds() === 0);
  // Comments keep a connection open, but tell nothing.
  first.write(': ping\n\n');
  environment.advance(5);
  first.revoke(2, entry('user:1'));
  await turnUntil(() => isRevoked(scene, 'user:1'));
  environment.advance(5);
  assert.equal(scene.problems.length, 0);
  environment.advance(1);
  await first.gone;
  assert.match(String(await nextProblem(scene)), /silent for 6 seconds/);
  environment.advance(0.1);
  assert.equal((await server.next()).lastEventId, '2');
});

test('a service that takes the connection and never answers, and a token that never comes, are given up', async (context) => {
  for (const how of ['answer', 'token'] as const) {
    const scene = await follow(
      context,
      how === 'token' ? { authToken: () => new Promise<string>(() => undefined) } : {},
    );
    if (how === 'answer') scene.server.answerNext(() => undefined);
    await turnUntil(() => how === 'token' || scene.server.connections === 1);
    await turnUntil(() => scene.environment.timers === 1);
    scene.environment.advance(6);
    await nextProblem(scene);
  }
});

/** The pauses after so many failures, in milliseconds. */
async function pausesOf(scene: Scene, attempts: number): Promise<number[]> {
  const pauses: number[] = [];
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    await nextProblem(scene);
    let waited = 0;
    while (scene.environment.timers > 0) {
      scene.environment.advance(0.05);
      waited += 50;
    }
    pauses.push(waited);
  }
  return pauses;
}

/** An address where nothing listens any more. */
async function goneUrl(): Promise<string> {
  const server = await startFeedServer();
  await server.stop();
  return server.url;
}

test('where nothing listens it tries again soon, and twice a second at least, so that a healed cut is told in time', async (context) => {
  const scene = await follow(context, { url: await goneUrl() });
  assert.deepEqual(await pausesOf(scene, 5), [100, 200, 400, 500, 500]);
});

test('a service that is unavailable is asked after pauses of two seconds at most, one that refuses of thirty', async (context) => {
  for (const [status, pauses] of [
    [503, [250, 500, 1000, 2000, 2000]],
    [401, [1000, 2000, 4000, 8000, 16_000, 30_000]],
    [404, [1000, 2000]],
  ] as const) {
    const scene = await follow(context);
    for (const _ of pauses) scene.server.answerNext((_request, response) => response.writeHead(status).end());
    assert.deepEqual(await pausesOf(scene, pauses.length), pauses);
  }
});

test('pauses are shorter by up to a half by chance, so that followers do not all come back at once', async (context) => {
  const environment = createTestEnvironment({ random: () => 0.999 });
  const scene = await follow(context, { url: await goneUrl(), environment });
  assert.deepEqual(await pausesOf({ ...scene, environment }, 4), [100, 150, 250, 300]);
});

test('Retry-After is obeyed, up to half a minute', async (context) => {
  const scene = await follow(context);
  for (const after of ['3', '9999', 'tomorrow']) {
    scene.server.answerNext((_request, response) => response.writeHead(503, { 'retry-after': after }).end());
  }
  assert.deepEqual(await pausesOf(scene, 3), [3000, 30_000, 1000]);
});

test('a feed that works again is met with short pauses again', async (context) => {
  const scene = await follow(context);
  for (let at = 0; at < 4; at += 1) scene.server.answerNext((_request, response) => response.writeHead(401).end());
  await pausesOf(scene, 4);
  const feed = await scene.server.next();
  feed.current(1);
  await scene.follower.whenCurrent();
  scene.server.answerNext((_request, response) => response.destroy());
  feed.cut();
  await passPause(scene, 0.1);
  await turnUntil(() => scene.server.connections === 6);
});

test('a new token is asked for before each connection', async (context) => {
  let asked = 0;
  const scene = await follow(context, { authToken: () => `token-${++asked}` });
  const first = await scene.server.next();
  first.current(1);
  await scene.follower.whenCurrent();
  first.cut();
  await passPause(scene, 0.1);
  assert.equal((await scene.server.next()).authorization, 'Bearer token-2');
});

test('a token that is refused is replaced at once, where there is another', async (context) => {
  const refusals: (string | undefined)[] = [];
  const authToken = (refused?: string): string => {
    refusals.push(refused);
    return refused === undefined ? 'the-token' : 'another-token';
  };
  const scene = await follow(context, { authToken });
  scene.server.answerNext((_request, response) => response.writeHead(401).end());
  assert.equal((await scene.server.next()).authorization, 'Bearer another-token');
  assert.deepEqual(refusals, [undefined, 'the-token']);
  assert.deepEqual(scene.problems, []);
});

test('another token that is refused too is not replaced before a pause, nor is one that stays the same', async (context) => {
  for (const [other, connections] of [
    ['another-token', 2],
    ['the-token', 1],
  ] as const) {
    const scene = await follow(context, { authToken: (refused) => (refused === undefined ? 'the-token' : other) });
    const refuse = () => scene.server.answerNext((_request, response) => response.writeHead(401).end());
    for (let at = 0; at < connections; at += 1) refuse();
    assert.deepEqual(await pausesOf(scene, 1), [1000]);
    await scene.server.next();
    assert.equal(scene.server.connections, connections + 1);
  }
});

test('where there is no token, the reason is told', async (context) => {
  const scene = await follow(context, { authToken: () => Promise.reject(new Error('no application token')) });
  const { cause } = await nextProblem(scene);
  assert.match(String(cause), /no application token/);
  assert.equal(scene.server.connections, 0);
});

test('where there is no token, none is asked for in a hurry', async (context) => {
  const scene = await follow(context, { authToken: () => Promise.reject(new Error('no application token')) });
  assert.deepEqual(await pausesOf(scene, 3), [1000, 2000, 4000]);
});

test('what is no feed is refused, and a redirection is not followed with the token', async (context) => {
  const elsewhere = await startFeedServer();
  context.after(() => elsewhere.stop());
  const scene = await follow(context);
  scene.server.answerNext((_request, response) => response.writeHead(302, { location: elsewhere.url }).end());
  scene.server.answerNext((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'));
  scene.server.answerNext((_request, response) => response.writeHead(204).end());
  await pausesOf(scene, 3);
  await scene.server.next();
  assert.equal(elsewhere.connections, 0);
});

test('an entry that can not be understood ends the connection, and does not count as told', async (context) => {
  const scene = await follow(context);
  const first = await scene.server.next();
  first.current(1);
  await scene.follower.whenCurrent();
  first.revoke(2, { unheard_of: true, below: 4, until });
  first.current(2);
  await first.gone;
  assert.equal((await nextProblem(scene)).name, 'SyntaxError');
  scene.environment.advance(1);
  assert.equal((await scene.server.next()).lastEventId, '1');
});

test('events of kinds that are not known yet are passed over', async (context) => {
  const scene = await follow(context);
  const feed = await scene.server.next();
  feed.write('event: notice\ndata: {}\n\n');
  feed.revoke(2, entry('user:1'));
  feed.current(2);
  await scene.follower.whenCurrent();
  assert.equal(isRevoked(scene, 'user:1'), true);
});

test('entries past their until are forgotten, two minutes late so that no token outlives them', async (context) => {
  const scene = await follow(context, { silenceSeconds: 100_000 });
  const feed = await scene.server.next();
  const soon = new Date(scene.environment.now() + 60_000).toISOString();
  feed.revoke(1, { sub: 'user:1', below: 9, until: soon });
  feed.revoke(2, { sub: 'user:2', below: 9, until });
  feed.current(2);
  await scene.follower.whenCurrent();
  const speak = async (): Promise<void> => {
    scene.environment.advance(60);
    feed.current(2);
    await turnUntil(() => scene.follower.stalenessSeconds() === 0);
  };
  for (let minute = 0; minute < 3; minute += 1) await speak();
  assert.equal(scene.follower.size, 2);
  await speak();
  assert.equal(scene.follower.size, 1);
  assert.equal(isRevoked(scene, 'user:2'), true);
});

test('a hundred thousand entries are taken in, each of them', async (context) => {
  const scene = await follow(context);
  const feed = await scene.server.next();
  let text = '';
  for (let id = 1; id <= 100_000; id += 1) {
    text += `id: ${id}\nevent: revocation\ndata: {"sub":"user:${id}","below":4,"until":"${until}"}\n\n`;
  }
  const start = performance.now();
  feed.write(text);
  feed.current(100_000);
  await scene.follower.whenCurrent();
  context.diagnostic(`taken in within ${Math.round(performance.now() - start)} ms`);
  assert.equal(scene.follower.size, 100_000);
  for (const id of [1, 50_000, 100_000]) assert.equal(isRevoked(scene, `user:${id}`), true);
  assert.equal(isRevoked(scene, 'user:100001'), false);
});

test('closed, it goes, and does not come back', async (context) => {
  const scene = await follow(context);
  const feed = await scene.server.next();
  feed.current(1);
  await scene.follower.whenCurrent();
  scene.follower.close();
  await feed.gone;
  await turnUntil(() => scene.environment.timers === 0);
  scene.environment.advance(100);
  assert.equal(scene.server.connections, 1);
  assert.deepEqual(scene.problems, []);
});

test('closed while it waits, it does not come back either', async (context) => {
  const scene = await follow(context, { url: await goneUrl() });
  await nextProblem(scene);
  scene.follower.close();
  await turnUntil(() => scene.environment.timers === 0);
});

test('options that can not be meant are refused', () => {
  const options = { url: 'https://auth.example.com/', authToken: () => '', maxStalenessSeconds: 1 };
  const wrong = [
    { ...options, whenStale: undefined },
    { ...options, whenStale: 'ignore' },
    { ...options, whenStale: 'refuse', maxStalenessSeconds: 0 },
    { ...options, whenStale: 'refuse', maxStalenessSeconds: Number.NaN },
    { ...options, whenStale: 'refuse', silenceSeconds: 2 },
    { ...options, whenStale: 'refuse', silenceSeconds: Number.POSITIVE_INFINITY },
    { ...options, whenStale: 'refuse', url: 'http://auth.example.com/' },
    { ...options, whenStale: 'refuse', url: 'https://user:password@auth.example.com/' },
  ];
  for (const each of wrong) assert.throws(() => followRevocations(each as FollowRevocationsOptions), TypeError);
});
