import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from './errors.ts';
import { roleSet } from './role.ts';
import { createStreamPlaces, streamLimits } from './stream-places.ts';

/** Shares are so large that they bound nothing. */
const limits = { perCaller: 2, inAll: 6, keptForService: 2, shareOfFree: 9 };

/** Each organisation calls from an address of its own, unless one is given. */
function owner(userId: number, organisationId: number, { isService = false, host = organisationId } = {}) {
  return {
    address: { family: 4, octets: [192, 0, 2, host] } as const,
    user: { id: userId },
    organisation: { id: organisationId },
    roles: roleSet(isService ? 'Service' : 'User'),
    ...(isService ? { applicationToken: { id: userId } } : {}),
  };
}

const isRefused = (error: unknown): boolean =>
  error instanceof Refusal && error.token === 'Unavailable' && (error.retryAfterSeconds ?? 0) > 0;

test('a caller has so many streams at a time and no more', () => {
  const places = createStreamPlaces(limits);
  const giveBack = places.take(owner(1, 1));
  places.take(owner(1, 1, { host: 2 }));
  assert.throws(() => places.take(owner(1, 1)), isRefused);
  giveBack();
  giveBack();
  places.take(owner(1, 1));
  assert.throws(() => places.take(owner(1, 1)), isRefused, 'a place is given back once');
  assert.equal(places.size, 2);
});

/** Takes places until one is refused; answers how many. */
function takeAll(take: (count: number) => void): number {
  for (let count = 0; ; count++) {
    try {
      take(count);
    } catch (error) {
      assert.ok(isRefused(error), String(error));
      return count;
    }
  }
}

test('organisations, however many callers each has, leave places to whoever comes after them', () => {
  const places = createStreamPlaces(streamLimits);
  const taken = Array.from({ length: 20 }, (_, organisation) =>
    takeAll((count) => void places.take(owner(count, organisation + 1))),
  );
  assert.deepEqual(taken.slice(0, 4), [160, 128, 103, 82]);
  assert.ok(
    taken.every((count) => count > 0),
    String(taken),
  );
  places.take(owner(1, 100));
});

test('one client address can not take the places of others in the name of many organisations', () => {
  const places = createStreamPlaces(streamLimits);
  assert.equal(
    takeAll((count) => void places.take(owner(count, count, { host: 1 }))),
    160,
  );
  places.take(owner(1, 1, { host: 2 }));
  assert.throws(() => places.take(owner(1, 2000, { host: 1 })), isRefused);
});

test('however many organisations follow, places are left for those who follow for all', () => {
  const places = createStreamPlaces(limits);
  for (const id of [1, 2, 3, 4]) places.take(owner(id, id));
  assert.throws(() => places.take(owner(5, 5)), isRefused);
  places.take(owner(6, 1, { isService: true }));
  places.take(owner(7, 1, { isService: true }));
  assert.throws(() => places.take(owner(8, 1, { isService: true })), isRefused);
  assert.equal(places.size, 6);
});

test('an application token is counted apart from the user who made it', () => {
  const places = createStreamPlaces(limits);
  places.take(owner(1, 1));
  places.take(owner(1, 1));
  places.take({ ...owner(1, 1), applicationToken: { id: 1 } });
  assert.equal(places.size, 3);
});
