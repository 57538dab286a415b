import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenCache } from './token-cache.ts';

const roomy = { maxEntries: 1000, maxBytes: 1_000_000 };

test('what is remembered of a token is found by an equal text, and by no other', () => {
  const cache = new TokenCache<number>(roomy);
  cache.remember('header.payload.signature', 1, 0);
  assert.equal(cache.find(['header', 'payload', 'signature'].join('.')), 1);
  for (const other of [
    'header.payload.signaturf',
    'header.payload.signatur',
    'header.payload.signature ',
    '',
    'header.',
  ]) {
    assert.equal(cache.find(other), undefined, other);
  }
});

test('there are never more entries than allowed, and the last ones are there', () => {
  const cache = new TokenCache<number>({ maxEntries: 100, maxBytes: 1_000_000 });
  for (let index = 0; index < 1000; index += 1) {
    cache.remember(`token-${index}`, index, 0);
    assert.ok(cache.size <= 100);
    assert.equal(cache.find(`token-${index}`), index);
  }
  for (let index = 951; index < 1000; index += 1) assert.equal(cache.find(`token-${index}`), index);
  assert.equal(cache.find('token-0'), undefined);
});

test('there is never more held than the bytes allowed, and what is too large alone is not held', () => {
  const cache = new TokenCache<number>({ maxEntries: 1000, maxBytes: 10_000 });
  for (let index = 0; index < 1000; index += 1) {
    cache.remember(`token-${index}`, index, 1000);
    assert.ok(cache.size <= 9);
  }
  assert.ok(cache.size >= 4);
  cache.remember('large', 1, 6000);
  assert.equal(cache.find('large'), undefined);
});

test('a token that is in use stays, however many others come', () => {
  const cache = new TokenCache<string>({ maxEntries: 100, maxBytes: 1_000_000 });
  cache.remember('in use', 'kept', 0);
  for (let index = 0; index < 10_000; index += 1) {
    cache.remember(`token-${index}`, 'passing', 0);
    if (index % 40 === 0) assert.equal(cache.find('in use'), 'kept');
  }
});

test('a token that is remembered again counts once', () => {
  const cache = new TokenCache<number>({ maxEntries: 100, maxBytes: 10_000 });
  for (let index = 0; index < 1000; index += 1) cache.remember('token', index, 1000);
  assert.equal(cache.size, 1);
  assert.equal(cache.find('token'), 999);
  cache.remember('other', 1, 1000);
  assert.equal(cache.find('token'), 999);
});

test('a cleared cache holds nothing', () => {
  const cache = new TokenCache<number>({ maxEntries: 4, maxBytes: 1_000_000 });
  for (const token of ['a', 'b', 'c']) cache.remember(token, 1, 0);
  cache.clear();
  assert.equal(cache.size, 0);
  for (const token of ['a', 'b', 'c']) assert.equal(cache.find(token), undefined);
});

test('a cache that may hold nothing holds nothing', () => {
  const cache = new TokenCache<number>({ maxEntries: 1, maxBytes: 1_000_000 });
  cache.remember('a', 1, 0);
  assert.ok(cache.size <= 1);
});
