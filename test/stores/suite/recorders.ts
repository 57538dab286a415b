import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '@keywright/verifier';
import { Refusal } from '../../../packages/server/src/domain/errors.ts';
import {
  createFailureRecorder,
  type FailureRecorder,
  maxOpenCounts,
} from '../../../packages/server/src/domain/failure-recorder.ts';
import type { Database } from '../../../packages/server/src/domain/ports.ts';
import type { NewEvent } from '../../../packages/server/src/domain/records.ts';
import { createUseRecorder, recentSince, type UseRecorder } from '../../../packages/server/src/domain/use-recorder.ts';
import { createTestClock, type TestClock } from '../../support/test-clock.ts';
import {
  insertTokenWithSecret,
  sampleEvent,
  sampleHash,
  sampleMeasures,
  sampleSession,
  sampleToken,
  seed,
} from '../sample-records.ts';
import { type CreateStore, silentLog, type TestStore } from '../test-store.ts';

const from: Address = { family: 4, octets: [192, 0, 2, 7] };

/** What passes between a recorder and a database that can be away, or slow. */
interface Line {
  readonly database: Database;
  /** How many records came with each call that got through. */
  readonly batches: Record<'appendEvents' | 'noteApplicationTokenUses' | 'noteSessionUses', number[]>;
  /** Lets this many more calls through, and refuses the rest. */
  letThrough(calls: number): void;
  /** Lets the next call begin, and wait until it is let go, or broken off. */
  hold(): { readonly begun: Promise<void>; readonly release: () => void; readonly breakOff: () => void };
}

function createLine({ database }: TestStore): Line {
  let left = Number.POSITIVE_INFINITY;
  let held: { begun: () => void; released: Promise<void> } | undefined;
  const batches: Line['batches'] = { appendEvents: [], noteApplicationTokenUses: [], noteSessionUses: [] };
  const through =
    <T extends readonly unknown[]>(name: keyof Line['batches'], write: (records: T) => Promise<void>) =>
    async (records: T): Promise<void> => {
      if (left <= 0) throw new Refusal('Unavailable', { reason: 'away' });
      left -= 1;
      const hold = held;
      held = undefined;
      hold?.begun();
      await hold?.released;
      await write(records);
      batches[name].push(records.length);
    };
  return {
    batches,
    database: {
      ...database,
      appendEvents: through('appendEvents', database.appendEvents),
      noteApplicationTokenUses: through('noteApplicationTokenUses', database.noteApplicationTokenUses),
      noteSessionUses: through('noteSessionUses', database.noteSessionUses),
    },
    letThrough(calls) {
      left = calls;
    },
    hold() {
      const begun = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held = { begun: begun.resolve, released: released.promise };
      const breakOff = (): void => released.reject(new Refusal('Unavailable', { reason: 'away' }));
      return { begun: begun.promise, release: released.resolve, breakOff };
    },
  };
}

/** What the recorders of failures and uses guarantee over every database. */
export function testRecorders(create: CreateStore): void {
  testFailureRecorder(create);
  testUseRecorder(create);
}

function testFailureRecorder(create: CreateStore): void {
  const failure = (number: number): NewEvent => sampleEvent(null, { type: 6, description: `failure ${number}` });
  const record = (recorder: FailureRecorder, first: number, last: number): void => {
    for (let number = first; number <= last; number++) recorder.record(failure(number));
  };
  const written = async ({ query }: TestStore): Promise<number[]> =>
    (await query('SELECT description FROM event ORDER BY sequence')).map(({ description }) =>
      Number(String(description).split(' ')[1]),
    );
  const numbers = (first: number, last: number): number[] =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index);

  test('failures are written in their order, 500 to a transaction, each once', async (t) => {
    const store = await create(t);
    const line = createLine(store);
    const recorder = createFailureRecorder({ database: line.database, log: silentLog });
    record(recorder, 1, 1201);
    await recorder.flush();
    await recorder.flush();
    assert.deepEqual(line.batches.appendEvents, [500, 500, 201]);
    assert.deepEqual(await written(store), numbers(1, 1201));
  });

  test('failures that a database did not take are written later, and those that it took not again', async (t) => {
    const store = await create(t);
    const line = createLine(store);
    const recorder = createFailureRecorder({ database: line.database, log: silentLog });
    record(recorder, 1, 1100);
    line.letThrough(1);
    await assert.rejects(recorder.flush(), { token: 'Unavailable' });
    record(recorder, 1101, 1102);
    line.letThrough(Number.POSITIVE_INFINITY);
    await recorder.flush();
    assert.deepEqual(await written(store), numbers(1, 1102));
  });

  test('while a database is away 10 000 failures wait at most, the oldest give way, and the log says how many', async (t) => {
    const store = await create(t);
    const line = createLine(store);
    const warnings: object[] = [];
    const log = { ...silentLog, warn: (fields: object) => void warnings.push(fields) };
    const recorder = createFailureRecorder({ database: line.database, log });
    record(recorder, 1, 10_001);
    line.letThrough(0);
    await assert.rejects(recorder.flush());
    assert.deepEqual(warnings, [{ dropped: 500 }]);
    line.letThrough(Number.POSITIVE_INFINITY);
    await recorder.flush();
    assert.deepEqual(await written(store), numbers(501, 10_001));
    assert.equal(warnings.length, 1);
  });

  test('no more than 10 000 wait where failures come in while a batch hangs, and none is written twice', async (t) => {
    const store = await create(t);
    const line = createLine(store);
    const recorder = createFailureRecorder({ database: line.database, log: silentLog });
    record(recorder, 1, 10_000);
    const { begun, breakOff } = line.hold();
    const flushing = recorder.flush();
    await begun;
    record(recorder, 10_001, 10_600);
    breakOff();
    await assert.rejects(flushing);
    await recorder.flush();
    // The hundred oldest of the batch that came back, and the 500 that were next when the room was used up, gave way.
    assert.deepEqual(await written(store), [...numbers(101, 500), ...numbers(1001, 10_600)]);
  });

  test('flushes at the same moment are one, and what is recorded meanwhile goes with it', async (t) => {
    const store = await create(t);
    const line = createLine(store);
    const recorder = createFailureRecorder({ database: line.database, log: silentLog });
    record(recorder, 1, 2);
    const { begun, release } = line.hold();
    const flushes = [recorder.flush(), recorder.flush()];
    await begun;
    record(recorder, 3, 3);
    flushes.push(recorder.flush());
    release();
    await Promise.all(flushes);
    assert.deepEqual(line.batches.appendEvents, [2, 1]);
    assert.deepEqual(await written(store), [1, 2, 3]);
  });

  test('counts are cut to their bound once one of a name that does not exist was noted, and only then', async (t) => {
    const store = await create(t);
    const { database } = createLine(store);
    const bounds: [keep: number, now: number][] = [];
    const trimOpenCounts = async (keep: number, now: number): Promise<void> => void bounds.push([keep, now]);
    const recorder = createFailureRecorder({ database: { ...database, trimOpenCounts }, log: silentLog });
    await recorder.flush();
    recorder.noteUnknownName(1);
    recorder.noteUnknownName(2);
    await recorder.flush();
    await recorder.flush();
    assert.deepEqual(bounds, [[maxOpenCounts, 2]]);
  });
}

interface UseScene extends Line {
  readonly recorder: UseRecorder;
  readonly clock: TestClock;
  /** Tokens with the hash of their present secret. */
  readonly tokens: readonly { readonly id: number; readonly secretHash: Uint8Array }[];
  readonly sessionIds: readonly number[];
  exchangesOf(id: number): Promise<number>;
}

function testUseRecorder(create: CreateStore): void {
  async function createScene(t: Parameters<CreateStore>[0], counts: { tokens: number; sessions: number }) {
    const store = await create(t);
    const clock = createTestClock();
    const { organisation, user } = await seed(store.database);
    const tokens = [];
    for (let index = 0; index < counts.tokens; index++) {
      const token = sampleToken(organisation.id, user.id);
      tokens.push(await insertTokenWithSecret(store.database, token, `secret ${index}`));
    }
    const sessionIds = [];
    for (let index = 0; index < counts.sessions; index++) {
      sessionIds.push((await store.database.insertSession(sampleSession(user.id, organisation.id))).id);
    }
    const line = createLine(store);
    const scope = { organisationIds: [organisation.id], ...sampleMeasures, recentSince: recentSince(clock.now()) };
    const scene: UseScene = {
      ...line,
      clock,
      tokens,
      sessionIds,
      recorder: createUseRecorder({ database: line.database, clock }),
      exchangesOf: async (id) => (await store.database.findApplicationToken(id, scope))?.recentExchanges ?? 0,
    };
    return scene;
  }
  const exchange = ({ recorder, tokens }: UseScene): void => {
    for (const { id, secretHash } of tokens) recorder.recordExchange(id, secretHash, from);
  };

  test('uses are written 200 to a batch, of tokens and of sessions', async (t) => {
    const scene = await createScene(t, { tokens: 201, sessions: 203 });
    exchange(scene);
    exchange(scene);
    for (const id of scene.sessionIds) scene.recorder.recordSession(id, from);
    await scene.recorder.flush();
    assert.deepEqual(scene.batches.noteApplicationTokenUses, [200, 1]);
    assert.deepEqual(scene.batches.noteSessionUses, [200, 3]);
    for (const { id } of scene.tokens.slice(-2)) assert.equal(await scene.exchangesOf(id), 2);
    assert.equal((await scene.database.findSession(scene.sessionIds.at(-1) ?? 0))?.lastUsedIp, '192.0.2.7');
  });

  test('a use is written at once, what follows once a minute has passed, and everything at the end', async (t) => {
    const scene = await createScene(t, { tokens: 1, sessions: 0 });
    const id = scene.tokens[0]?.id ?? 0;
    const counts: number[] = [];
    for (const [seconds, all] of [
      [0, false],
      [59, false],
      [1, false],
      [1, false],
      [0, true],
    ] as const) {
      scene.clock.advance({ seconds });
      exchange(scene);
      await scene.recorder.flush({ all });
      counts.push(await scene.exchangesOf(id));
    }
    assert.deepEqual(counts, [1, 1, 3, 3, 5]);
  });

  test('uses that a database did not take are written later, and those that it took are not counted twice', async (t) => {
    const scene = await createScene(t, { tokens: 401, sessions: 0 });
    exchange(scene);
    scene.letThrough(1);
    await assert.rejects(scene.recorder.flush(), { token: 'Unavailable' });
    scene.letThrough(Number.POSITIVE_INFINITY);
    await scene.recorder.flush();
    assert.deepEqual(scene.batches.noteApplicationTokenUses, [200, 200, 1]);
    for (const { id } of [scene.tokens[0], scene.tokens[200], scene.tokens[400]].flatMap((token) => token ?? [])) {
      assert.equal(await scene.exchangesOf(id), 1);
    }
  });

  test('exchanges with the secret before a rotation count beside those with the one after it', async (t) => {
    const scene = await createScene(t, { tokens: 1, sessions: 0 });
    const [token] = scene.tokens;
    assert.ok(token);
    exchange(scene);
    scene.recorder.recordExchange(token.id, sampleHash('the secret after it'), from);
    exchange(scene);
    await scene.recorder.flush();
    assert.equal(await scene.exchangesOf(token.id), 3);
  });

  test('while a flush hangs no others line up behind it', async (t) => {
    const scene = await createScene(t, { tokens: 1, sessions: 0 });
    exchange(scene);
    const { begun, release } = scene.hold();
    const first = scene.recorder.flush();
    await begun;
    scene.clock.advance({ minutes: 2 });
    exchange(scene);
    const others = [scene.recorder.flush(), scene.recorder.flush()];
    release();
    await Promise.all([first, ...others]);
    assert.deepEqual(scene.batches.noteApplicationTokenUses, [1]);
    await scene.recorder.flush();
    assert.deepEqual(scene.batches.noteApplicationTokenUses, [1, 1]);
  });

  test('the last flush of a process waits for one that hangs, and writes the rest', async (t) => {
    const scene = await createScene(t, { tokens: 1, sessions: 0 });
    exchange(scene);
    const { begun, release } = scene.hold();
    const first = scene.recorder.flush();
    await begun;
    exchange(scene);
    const last = scene.recorder.flush({ all: true });
    assert.deepEqual(scene.batches.noteApplicationTokenUses, []);
    release();
    await Promise.all([first, last]);
    assert.deepEqual(scene.batches.noteApplicationTokenUses, [1, 1]);
    assert.equal(await scene.exchangesOf(scene.tokens[0]?.id ?? 0), 2);
  });
}
