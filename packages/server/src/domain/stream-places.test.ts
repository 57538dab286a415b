import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from './errors.ts';
import { roleSet } from './role.ts';
import { createStreamPlaces } from './stream-places.ts';

const limits = { perCaller: 2, perOrganisation: 3, inAll: 6, keptForService: 2 };

function owner(userId: number, organisationId: number, isService = false) {
  return {
    user: { id: userId },
    organisation: { id: organisationId },
    roles: roleSet(isService ? 'Service' : 'User'),
    ...(isService ? { applicationToken: { id: userId } } : {}),
  };
}

const isRefused = (error: unknown): boolean =>
  error instanceof Refusal && error.token === 'Unavailable' && (error.retryAfterSeconds ?? 0) > 0;

test('a caller, and an organisation, has so many streams at a time and no more', () => {
  const places = createStreamPlaces(limits);
  const giveBack = places.take(owner(1, 1));
  places.take(owner(1, 1));
  assert.throws(() => places.take(owner(1, 1)), isRefused);
  places.take(owner(2, 1));
  assert.throws(() => places.take(owner(3, 1)), isRefused);
  giveBack();
  giveBack();
  places.take(owner(3, 1));
  assert.throws(() => places.take(owner(4, 1)), isRefused, 'a place is given back once');
  assert.equal(places.size, 3);
});

test('however many organisations follow, places are left for those who follow for all', () => {
  const places = createStreamPlaces(limits);
  for (const id of [1, 2, 3, 4]) places.take(owner(id, id));
  assert.throws(() => places.take(owner(5, 5)), isRefused);
  places.take(owner(6, 1, true));
  places.take(owner(7, 1, true));
  assert.throws(() => places.take(owner(8, 1, true)), isRefused);
  assert.equal(places.size, 6);
});

test('an application token is counted apart from the user who made it', () => {
  const places = createStreamPlaces(limits);
  places.take(owner(1, 1));
  places.take(owner(1, 1));
  places.take({ ...owner(1, 1), applicationToken: { id: 1 } });
  assert.equal(places.size, 3);
});
