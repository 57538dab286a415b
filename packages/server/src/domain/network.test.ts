import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Address, formatNetwork, parseAddress } from '@keywright/verifier';
import fc from 'fast-check';
import { Refusal } from './errors.ts';
import { knownNetworkOf, limitKey, readIp } from './network.ts';

const ipv6Groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed, text);
  return parsed;
}

describe('readIp', () => {
  it('what is no network is refused as an invalid ip, with what is wrong', () => {
    for (const text of ['', 'localhost', '10.0.0.5/24', '10.0.0.0/33', '::ffff:10.0.0.0/8']) {
      assert.throws(
        () => readIp(text),
        (error) => {
          assert.ok(error instanceof Refusal);
          assert.equal(error.token, 'InputValidationFailed');
          assert.deepEqual(
            error.problems.map(({ token }) => token),
            ['InvalidFormat'],
          );
          return /^ip [a-z1]/.test(error.problems[0]?.message ?? '');
        },
      );
    }
    assert.equal(formatNetwork(readIp('192.0.2.7')), '192.0.2.7/32');
  });
});

describe('limitKey and knownNetworkOf', () => {
  it('every address of one IPv6 /64 shares a key, and neighbours do not', () => {
    fc.assert(
      fc.property(ipv6Groups, ipv6Groups, (left, right) => {
        const text = [...left.slice(0, 4), ...right.slice(4)].map((value) => value.toString(16)).join(':');
        const base = left.map((value) => value.toString(16)).join(':');
        const [one, other] = [address(base), address(text)];
        if (one.family === 6 && other.family === 6) assert.equal(limitKey(one), limitKey(other));
      }),
    );
    assert.equal(limitKey(address('2001:db8:0:1:2:3:4:5')), '2001:db8:0:1::/64');
    assert.notEqual(limitKey(address('2001:db8:0:1::1')), limitKey(address('2001:db8:0:2::1')));
  });

  it('an IPv4 address is its own key, also when it comes mapped', () => {
    assert.equal(limitKey(address('192.0.2.7')), '192.0.2.7');
    assert.equal(limitKey(address('::ffff:c000:207')), '192.0.2.7');
  });

  it('a known network is the /24 of an IPv4 address and the /64 of an IPv6 one', () => {
    assert.equal(knownNetworkOf(address('192.0.2.7')), '192.0.2.0/24');
    assert.equal(knownNetworkOf(address('2001:db8:1:2:3::')), '2001:db8:1:2::/64');
  });
});
