import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRateLimiter } from './rate-limit.ts';

fc.configureGlobal({ seed: 1 });

function createClock() {
  let ms = 0;
  return { now: () => 0, monotonic: () => ms, advance: (by: number) => (ms += by) };
}

function setUp(options: { limit: number; maxKeys?: number }) {
  const clock = createClock();
  const limiter = createRateLimiter({ windowSeconds: 300, maxKeys: 1000, clock, ...options });
  return { clock, limiter };
}

const second = 1000;
const windowMs = 300 * second;
const bucketMs = 30 * second;
const pauses = fc.array(fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 40 * second }), fc.nat({ max: 400 * second })), {
  maxLength: 120,
});

describe('createRateLimiter', () => {
  it('no window of 300 s ever holds more allowed calls than the limit', () => {
    fc.assert(
      fc.property(pauses, fc.integer({ min: 1, max: 6 }), (pauses, limit) => {
        const { clock, limiter } = setUp({ limit });
        const allowed: number[] = [];
        for (const pause of pauses) {
          const at = clock.advance(pause);
          if (limiter.hit('a') === 0) allowed.push(at);
          assert.ok(allowed.filter((time) => time > at - windowMs).length <= limit);
        }
      }),
    );
  });

  it('a call is refused only while the limit was reached within the window and one bucket', () => {
    fc.assert(
      fc.property(pauses, fc.integer({ min: 1, max: 6 }), (pauses, limit) => {
        const { clock, limiter } = setUp({ limit });
        const allowed: number[] = [];
        for (const pause of pauses) {
          const at = clock.advance(pause);
          const isFull = allowed.filter((time) => time > at - windowMs - bucketMs).length >= limit;
          if (limiter.hit('a') === 0) allowed.push(at);
          else assert.ok(isFull);
        }
      }),
    );
  });

  it('the key has room after the seconds that a refusal names, and not a second sooner', () => {
    fc.assert(
      fc.property(pauses, fc.integer({ min: 1, max: 6 }), (pauses, limit) => {
        const { clock, limiter } = setUp({ limit });
        for (const pause of pauses) {
          clock.advance(pause);
          const retryAfterSeconds = limiter.hit('a');
          if (retryAfterSeconds === 0) continue;
          assert.ok(Number.isInteger(retryAfterSeconds) && retryAfterSeconds >= 1 && retryAfterSeconds <= 330);
          clock.advance((retryAfterSeconds - 1) * second);
          assert.equal(limiter.check('a'), 1);
          clock.advance(second);
          assert.equal(limiter.check('a'), 0);
        }
      }),
    );
  });

  it('a check counts nothing, and answers what the next hit would', () => {
    const { limiter } = setUp({ limit: 2 });
    for (let call = 0; call < 10; call++) assert.equal(limiter.check('a'), 0);
    assert.equal(limiter.size, 0);
    assert.equal(limiter.hit('a'), 0);
    assert.equal(limiter.hit('a'), 0);
    assert.equal(limiter.check('a'), 330);
    assert.equal(limiter.hit('a'), 330);
  });

  it('refused calls do not lengthen the refusal', () => {
    const { clock, limiter } = setUp({ limit: 1 });
    assert.equal(limiter.hit('a'), 0);
    for (let elapsed = 0; elapsed < 330; elapsed += 10) {
      assert.equal(limiter.hit('a'), 330 - elapsed);
      clock.advance(10 * second);
    }
    assert.equal(limiter.hit('a'), 0);
  });

  it('keys are counted apart', () => {
    const { limiter } = setUp({ limit: 1 });
    assert.equal(limiter.hit('a'), 0);
    assert.equal(limiter.hit('b'), 0);
    assert.ok(limiter.hit('a') > 0);
  });

  it('a key is limited for its whole window, whatever other keys come and go as long as they are few', () => {
    const { clock, limiter } = setUp({ limit: 1 });
    clock.advance(299 * second);
    assert.equal(limiter.hit('a'), 0);
    for (let elapsed = 1; elapsed < 301; elapsed++) {
      clock.advance(second);
      limiter.hit(`other ${elapsed}`);
    }
    assert.ok(limiter.check('a') > 0);
  });

  it('no more keys are remembered than allowed, and those in use outlive the others', () => {
    const { limiter } = setUp({ limit: 1, maxKeys: 100 });
    assert.equal(limiter.hit('busy'), 0);
    for (let index = 0; index < 10_000; index++) {
      limiter.hit(`key ${index}`);
      assert.ok(limiter.size <= 100);
      assert.ok(index % 20 !== 0 || limiter.hit('busy') > 0, `forgotten after ${index}`);
    }
    assert.ok(limiter.check('key 9999') > 0);
  });

  it('keys without calls are forgotten in the end', () => {
    const { clock, limiter } = setUp({ limit: 1 });
    for (let index = 0; index < 400; index++) limiter.hit(`key ${index}`);
    for (let hour = 0; hour < 2; hour++) {
      clock.advance(3600 * second);
      limiter.hit('late');
    }
    assert.equal(limiter.size, 1);
  });
});
