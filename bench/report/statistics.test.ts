import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, pairedRatio, quantile, rankZ } from './statistics.ts';

test('the median of an even number of values lies between the two in the middle', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([3, 1, 2]), 2);
});

test('a quantile is one of the values', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.equal(quantile(values, 0.5), 51);
  assert.equal(quantile(values, 0.99), 100);
  assert.equal(quantile(values, 1), 100);
});

test('a ratio holds on a machine whose speed changes from round to round', () => {
  assert.equal(pairedRatio([10, 500, 40], [20, 1000, 80]), 0.5);
  assert.equal(pairedRatio([1, 1, 9], [2, 2, 3]), 0.5);
});

test('samples of one population have ranks that chance explains', () => {
  const odd = Array.from({ length: 100 }, (_, index) => 2 * index + 1);
  const even = Array.from({ length: 100 }, (_, index) => 2 * index);
  assert.ok(Math.abs(rankZ(odd, even)) < 1);
  assert.equal(rankZ([5, 5, 6, 6], [5, 6, 5, 6]), 0);
});

test('a small but steady difference between two samples shows in their ranks', () => {
  const left = Array.from({ length: 200 }, (_, index) => index % 20);
  const right = left.map((value) => value + 3);
  assert.ok(rankZ(right, left) > 4);
  assert.ok(rankZ(left, right) < -4);
});

test('the rank test agrees with a worked example', () => {
  // Ranks of the left sample: 1, 2, 4, 5, 7 of 10; U = 19 - 15 = 4, its mean 12.5 and its deviation 4.787.
  assert.equal(rankZ([1, 2, 4, 5, 7], [3, 6, 8, 9, 10]).toFixed(3), '-1.776');
});
