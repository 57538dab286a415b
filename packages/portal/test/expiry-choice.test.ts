import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expiryDateOf, firstExpiryDay } from '../src/application-token/expiry-choice.ts';

const now = Date.parse('2026-01-31T12:00:00.000Z');

test('a choice of days ends so many days from now, a day that is named at its beginning, and none never', () => {
  assert.equal(expiryDateOf('7', '', now), '2026-02-07T12:00:00.000Z');
  assert.equal(expiryDateOf('365', '', now), '2027-01-31T12:00:00.000Z');
  assert.equal(expiryDateOf('date', '2026-03-01', now), '2026-03-01');
  assert.equal(expiryDateOf('date', '', now), undefined);
  assert.equal(expiryDateOf('none', '2026-03-01', now), null);
});

test('the first day that can be named has not begun yet', () => {
  assert.equal(firstExpiryDay(now), '2026-02-01');
});
