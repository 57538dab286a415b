import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecentRevocations } from './recent-revocations.ts';
import type { PublishedRevocation } from './revocation-port.ts';

function entry(sequence: number, audience: readonly number[] = [1], expiresAt = 100): PublishedRevocation {
  return { id: `id ${sequence}`, ended: { kind: 'all', issuedBefore: 1 }, audience, expiresAt, sequence };
}

const places = (entries: readonly PublishedRevocation[] | undefined) => entries?.map(({ sequence }) => sequence);

test('what is kept is read by its places and audience, without what has expired', () => {
  const recent = createRecentRevocations(10);
  recent.begin(4);
  recent.add([entry(5), entry(6, [2]), entry(7, [0]), entry(9, [1, -3], 50)]);
  assert.deepEqual(places(recent.read('all', { after: 4, upTo: 9, now: 0 })), [5, 6, 7, 9]);
  assert.deepEqual(places(recent.read([0, 1], { after: 4, upTo: 9, now: 0 })), [5, 7, 9]);
  assert.deepEqual(places(recent.read([0, -3], { after: 5, upTo: 9, now: 0 })), [7, 9]);
  assert.deepEqual(places(recent.read([0, 1], { after: 5, upTo: 7, now: 0 })), [7]);
  assert.deepEqual(places(recent.read([0, 1], { after: 4, upTo: 9, now: 50 })), [5, 7]);
});

test('nothing is answered for a span that begins before what is kept', () => {
  const recent = createRecentRevocations(2);
  recent.begin(4);
  assert.equal(recent.read('all', { after: 3, upTo: 9, now: 0 }), undefined);
  recent.add([entry(5), entry(6), entry(7)]);
  assert.equal(recent.read('all', { after: 4, upTo: 7, now: 0 }), undefined);
  assert.deepEqual(places(recent.read('all', { after: 5, upTo: 7, now: 0 })), [6, 7]);
  recent.add([entry(6), entry(7), entry(8)]);
  assert.deepEqual(places(recent.read('all', { after: 6, upTo: 9, now: 0 })), [7, 8]);
  recent.begin(20);
  assert.equal(recent.read('all', { after: 7, upTo: 20, now: 0 }), undefined);
  assert.deepEqual(places(recent.read('all', { after: 20, upTo: 20, now: 0 })), []);
});
