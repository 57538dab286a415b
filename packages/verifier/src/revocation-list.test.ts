import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRevocationEntry } from './revocation-entry.ts';
import { RevocationList } from './revocation-list.ts';

const until = '2027-01-15T14:00:00.000Z';
const issuedBefore = '2027-01-15T08:00:00.500Z';
const claims = { sub: 'user:42', sid: 12, ver: 3, iat: Date.parse('2027-01-15T08:00:00Z') / 1000, org: { id: 7 } };

function listOf(...entries: readonly object[]): RevocationList {
  const list = new RevocationList();
  for (const entry of entries) list.add(readRevocationEntry(JSON.stringify(entry)));
  return list;
}

const isRevoked = (entry: object, token: object = {}): boolean => listOf(entry).isRevoked({ ...claims, ...token });

test('an entry about a subject refuses its tokens with a lower counter, and no others', () => {
  assert.equal(isRevoked({ sub: 'user:42', below: 4, until }), true);
  assert.equal(isRevoked({ sub: 'user:42', below: 3, until }), false);
  assert.equal(isRevoked({ sub: 'user:4', below: 4, until }), false);
  assert.equal(isRevoked({ sub: 'application_token:42', below: 4, until }), false);
  assert.equal(isRevoked({ sub: 'application_token:42', below: 4, until }, { sub: 'application_token:42' }), true);
});

test('an entry about a session refuses its tokens with a lower counter, and no others', () => {
  assert.equal(isRevoked({ sid: 12, below: 4, until }), true);
  assert.equal(isRevoked({ sid: 12, below: 3, until }), false);
  assert.equal(isRevoked({ sid: 13, below: 4, until }), false);
  const { sid: _, ...withoutSession } = claims;
  assert.equal(listOf({ sid: 12, below: 4, until }).isRevoked(withoutSession), false);
});

test('an entry about an organisation, or about all, refuses what was issued before its instant', () => {
  for (const about of [{ org: 7 }, { all: true }]) {
    assert.equal(isRevoked({ ...about, issued_before: issuedBefore, until }), true);
    assert.equal(isRevoked({ ...about, issued_before: issuedBefore, until }, { iat: claims.iat + 1 }), false);
    assert.equal(isRevoked({ ...about, issued_before: '2027-01-15T08:00:00.000Z', until }), false);
  }
  assert.equal(isRevoked({ org: 8, issued_before: issuedBefore, until }), false);
});

test('of several entries about the same the furthest reaching holds, in whatever order they come', () => {
  const entries = [
    { sub: 'user:42', below: 2, until },
    { sub: 'user:42', below: 4, until },
    { sub: 'user:42', below: 3, until },
    { all: true, issued_before: '2020-01-01T00:00:00Z', until },
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(entries, { minLength: 4 }), (shuffled) => {
      const list = listOf(...shuffled);
      assert.equal(list.isRevoked(claims), true);
      assert.equal(list.isRevoked({ ...claims, ver: 4 }), false);
      assert.equal(list.size, 2);
    }),
    { seed: 41 },
  );
});

test('entries are dropped once they can concern no token any more, and not before', () => {
  const later = '2027-01-15T15:00:00.000Z';
  const list = listOf(
    { sub: 'user:42', below: 4, until },
    { sub: 'user:42', below: 3, until: later },
    { sub: 'user:42', below: 2, until },
    { sid: 12, below: 4, until },
    { org: 7, issued_before: issuedBefore, until },
    { all: true, issued_before: issuedBefore, until },
    { sub: 'user:43', below: 9, until },
  );
  assert.equal(list.size, 5);
  list.dropPast(Date.parse(until));
  assert.equal(list.size, 5);
  list.dropPast(Date.parse(until) + 1);
  assert.equal(list.size, 1);
  assert.equal(list.isRevoked(claims), true);
  list.dropPast(Date.parse(later) + 1);
  assert.equal(list.size, 0);
  assert.equal(list.isRevoked(claims), false);
});

test('an entry that can not be understood is an error, since to pass over it would be to accept what it revokes', () => {
  const wrong = [
    {},
    { sub: 'user:42', below: 4 },
    { sub: 'user:42', until },
    { sub: 'user:42', below: '4', until },
    { sub: 'user:42', below: -1, until },
    { sub: 'user:42', below: 4, until: 'tomorrow' },
    { sub: 'user:42', sid: 12, below: 4, until },
    { sub: 42, below: 4, until },
    { sid: '12', below: 4, until },
    { org: 7, below: 4, until },
    { org: 7, issued_before: 5, until },
    { org: '7', issued_before: issuedBefore, until },
    { all: false, issued_before: issuedBefore, until },
    { all: true, until },
    { sub: 'user:42', issued_before: issuedBefore, until },
    { unheard_of: 1, below: 4, until },
  ];
  for (const entry of wrong) {
    assert.throws(() => readRevocationEntry(JSON.stringify(entry)), SyntaxError, JSON.stringify(entry));
  }
  for (const text of ['', 'null', '[]', '{', `{"sub":"user:1","sub":"user:2","below":4,"until":"${until}"}`]) {
    assert.throws(() => readRevocationEntry(text), SyntaxError, text);
  }
});

test('an entry may hold more than is known yet', () => {
  assert.equal(isRevoked({ sub: 'user:42', below: 4, until, reason: 'password' }), true);
});
