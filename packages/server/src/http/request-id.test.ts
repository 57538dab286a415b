import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRequestIds } from './request-id.ts';

test('no two requests of a process get the same id', () => {
  const next = createRequestIds(new Uint8Array([1, 2, 3]));
  const ids = new Set(Array.from({ length: 5_000 }, next));
  assert.equal(ids.size, 5_000);
});

test('processes with different prefixes never give the same id', () => {
  const one = createRequestIds(new Uint8Array([1]));
  const other = createRequestIds(new Uint8Array([2]));
  assert.notEqual(one(), other());
});

test('an id is safe in a header, a log line and a URL', () => {
  assert.match(createRequestIds(new Uint8Array([255, 0]))(), /^[0-9a-f]+-[0-9a-z]+$/);
});
