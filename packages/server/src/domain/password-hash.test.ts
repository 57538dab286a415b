import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hash, hashSync, parseOptions } from '@node-rs/argon2';
import fc from 'fast-check';
import { Refusal } from './errors.ts';
import { createHashQueue, type HashQueue } from './hash-queue.ts';
import { createAbsentHash, createPasswordHasher } from './password-hash.ts';

fc.configureGlobal({ seed: 1 });

const sha1 = '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12';
const other = 'de9f2c7fd25e1b3afad3e85a0bd17d9b100db4b3';
const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 };

function setUp(
  queue: Pick<HashQueue, 'run'> = createHashQueue({
    concurrency: 1,
    maxWaiting: 10,
    clock: { now: () => 0, monotonic: () => 0 },
  }),
) {
  let drawn = 0;
  const random = { bytes: (count: number) => new Uint8Array(count).map(() => drawn++) };
  let runs = 0;
  const counted: HashQueue = {
    run(work) {
      runs += 1;
      return queue.run(work);
    },
    concurrency: 1,
    waiting: 0,
    active: 0,
  };
  return { hasher: createPasswordHasher({ queue: counted, random }), runs: () => runs };
}

describe('createPasswordHasher', () => {
  it('a stored hash is Argon2id with OWASP parameters and a salt of 16 bytes, and holds no SHA-1', async () => {
    const { hasher } = setUp();
    const phc = await hasher.hash(sha1);
    assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.ok(!phc.includes(sha1));
    assert.equal(hasher.needsRehash(phc), false);
  });

  it('two users with one password have different hashes, and both sign in', async () => {
    const { hasher } = setUp();
    const hashes = [await hasher.hash(sha1), await hasher.hash(sha1)];
    assert.notEqual(hashes[0], hashes[1]);
    for (const phc of hashes) {
      assert.equal(await hasher.verify(phc, { sha1 }), true);
      assert.equal(await hasher.verify(phc, { sha1: other }), false);
      assert.equal(await hasher.verify(phc, { sha1: sha1.toUpperCase() }), false);
      assert.equal(await hasher.verify(phc, { sha1: sha1.slice(0, -1) }), false);
    }
  });

  it('an absent user costs one computation with the parameters of a present one, and never signs in', async () => {
    const { hasher, runs } = setUp();
    assert.equal(runs(), 0);
    assert.equal(await hasher.verifyAbsent(sha1), false);
    assert.equal(runs(), 1);
    assert.equal(await hasher.verifyAbsent(''), false);
    assert.equal(runs(), 2);
    const absentHash = createAbsentHash({ bytes: (count) => new Uint8Array(count) });
    assert.deepEqual({ ...parseOptions(absentHash) }, { ...parseOptions(await hasher.hash(sha1)) });
  });

  it('a text that is no hash is false after one computation, and never an error', async () => {
    const { hasher, runs } = setUp();
    const phc = hashSync(sha1, cheap);
    const damaged = [
      '',
      sha1,
      phc.slice(0, 40),
      `${phc}=`,
      phc.replace('m=64', 'm=4294967295'),
      phc.replace('t=1', 't=4294967295'),
      phc.replace('p=1', 'p=255').replace('m=64', 'm=4096'),
      phc.replace('m=64', 'm=0'),
      phc.replace('v=19', 'v=18'),
      `${phc}\0`,
      '$2b$10$abcdefghijklmnopqrstuv',
    ];
    for (const [index, text] of damaged.entries()) {
      assert.equal(await hasher.verify(text, { sha1 }), false, text);
      assert.equal(runs(), index + 1);
      assert.equal(typeof hasher.needsRehash(text), 'boolean');
    }
  });

  it('no single damaged character makes checking a hash an error', async () => {
    const { hasher } = setUp({ run: async (work) => work() });
    const phc = hashSync(sha1, cheap);
    const damage = fc.tuple(
      fc.nat({ max: phc.length - 1 }),
      fc.constantFrom('$', ',', '=', '0', '9', 'A', '\0', 'é', ''),
    );
    await fc.assert(
      fc.asyncProperty(damage, async ([index, character]) => {
        const damaged = phc.slice(0, index) + character + phc.slice(index + 1);
        assert.equal(await hasher.verify(damaged, { sha1 }), damaged === phc);
      }),
      { numRuns: 60 },
    );
  });

  it('a hash with weaker parameters still signs in, and is to be made anew', async () => {
    const { hasher } = setUp();
    const today = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
    const salt = Buffer.alloc(16, 7);
    for (const weaker of [{ memoryCost: 19_455 }, { timeCost: 1 }, { outputLen: 16 }, { salt: Buffer.alloc(8, 7) }]) {
      const phc = await hash(sha1, { ...today, salt, ...weaker });
      assert.equal(await hasher.verify(phc, { sha1 }), true);
      assert.equal(hasher.needsRehash(phc), true, JSON.stringify(weaker));
    }
    const phc = await hash(sha1, { ...today, salt });
    assert.equal(hasher.needsRehash(phc), false);
    assert.equal(hasher.needsRehash(phc.replace('argon2id', 'argon2i')), true);
    assert.equal(hasher.needsRehash(phc.replace('$v=19', '')), true);
    assert.equal(hasher.needsRehash(await hash(sha1, { ...today, salt, memoryCost: 32_768, timeCost: 3 })), false);
  });

  it('a full queue refuses each computation', async () => {
    const { hasher } = setUp({ run: () => Promise.reject(new Refusal('Unavailable', { retryAfterSeconds: 2 })) });
    const calls = [
      () => hasher.hash(sha1),
      () => hasher.verify(hashSync(sha1, cheap), { sha1 }),
      () => hasher.verify('', { sha1 }),
      () => hasher.verifyAbsent(sha1),
    ];
    for (const call of calls) await assert.rejects(call(), { name: 'Refusal', token: 'Unavailable' });
  });
});
