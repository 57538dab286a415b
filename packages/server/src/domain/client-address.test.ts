import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAddress, parseNetwork } from '@keywright/verifier';
import fc from 'fast-check';
import { resolveClientAddress } from './client-address.ts';

fc.configureGlobal({ seed: 1 });

const proxies = ['10.0.0.0/8', '2001:db8:1::/48', '127.0.0.1/32'].map(parseNetwork);

function resolve(peer: string, forwardedFor?: string, trusted = proxies): string | undefined {
  const address = resolveClientAddress(peer, forwardedFor, trusted);
  return address && formatAddress(address);
}

const spoofed = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.string(),
  fc.constantFrom('', 'unknown', '10.0.0.1', '203.0.113.9:80', '[::1]:80'),
);

describe('resolveClientAddress', () => {
  it('without trusted proxies the socket decides, whatever the header says', () => {
    fc.assert(
      fc.property(fc.array(spoofed), (entries) => {
        assert.equal(resolve('192.0.2.1', entries.join(', ')), '192.0.2.1');
        assert.equal(resolve('10.0.0.1', entries.join(', '), []), '10.0.0.1');
      }),
    );
  });

  it('behind a trusted proxy the right-most untrusted address decides, whatever the caller put before it', () => {
    fc.assert(
      fc.property(
        fc.array(spoofed),
        fc.array(fc.constantFrom('10.1.2.3', '2001:db8:1::7'), { maxLength: 4 }),
        (made, via) => {
          assert.equal(resolve('10.0.0.1', [...made, '203.0.113.9', ...via].join(', ')), '203.0.113.9');
        },
      ),
    );
  });

  it('where every hop is trusted the left-most is the client', () => {
    assert.equal(resolve('127.0.0.1', '10.0.0.7, 10.0.0.8,10.0.0.9'), '10.0.0.7');
    assert.equal(resolve('10.0.0.1', '10.0.0.77'), '10.0.0.77');
  });

  it('an entry that is no address stops the walk at the last good hop', () => {
    assert.equal(resolve('10.0.0.1', '203.0.113.9, unknown'), '10.0.0.1');
    assert.equal(resolve('10.0.0.1', '203.0.113.9, unknown, 10.0.0.2'), '10.0.0.2');
    assert.equal(resolve('10.0.0.1', '203.0.113.9, , 10.0.0.2'), '10.0.0.2');
    assert.equal(resolve('10.0.0.1', ',10.0.0.2'), '10.0.0.2');
    assert.equal(resolve('10.0.0.1', '203.0.113.9, 203.0.113.300'), '10.0.0.1');
    assert.equal(resolve('10.0.0.1', ''), '10.0.0.1');
    assert.equal(resolve('10.0.0.1', undefined), '10.0.0.1');
  });

  it('ports are tolerated', () => {
    assert.equal(resolve('10.0.0.1', '203.0.113.9:61000'), '203.0.113.9');
    assert.equal(resolve('10.0.0.1', '[2001:DB8::1]:443'), '2001:db8::1');
    assert.equal(resolve('10.0.0.1', '[2001:db8::1]'), '2001:db8::1');
    assert.equal(resolve('10.0.0.1', '203.0.113.9:80, [::ffff:10.0.0.2]:80'), '203.0.113.9');
    assert.equal(resolve('10.0.0.1', '[2001:db8::1'), '10.0.0.1');
    assert.equal(resolve('10.0.0.1', '203.0.113.9:port'), '10.0.0.1');
  });

  it('several header lines read as one list', () => {
    const lines = ['198.51.100.1', '203.0.113.9', '10.0.0.3'];
    assert.equal(resolve('10.0.0.1', lines.join(',')), '203.0.113.9');
    assert.equal(resolve('10.0.0.1', lines.join(' ,\t ')), '203.0.113.9');
  });

  it('a proxy is recognised through an IPv4-mapped socket address and by a scoped IPv6 one', () => {
    assert.equal(resolve('::ffff:10.0.0.1', '203.0.113.9'), '203.0.113.9');
    assert.equal(resolve('fe80::1%eth0', '203.0.113.9', [parseNetwork('fe80::/10')]), '203.0.113.9');
    assert.equal(resolve('fe80::1%eth0', '203.0.113.9'), 'fe80::1');
  });

  it('a network of one family trusts no proxy of the other', () => {
    assert.equal(resolve('10.0.0.1', '203.0.113.9', [parseNetwork('::/0')]), '10.0.0.1');
    assert.equal(resolve('::1', '203.0.113.9', [parseNetwork('0.0.0.0/0')]), '::1');
  });

  it('a socket without an address has no client', () => {
    assert.equal(resolve('', '203.0.113.9'), undefined);
    assert.equal(resolve('/run/keywright.sock', '203.0.113.9'), undefined);
  });

  it('a huge header costs a bounded number of look-ups', () => {
    let lookups = 0;
    const counted = new Proxy(proxies, {
      get(target, property, receiver) {
        if (property === 'some') lookups++;
        return Reflect.get(target, property, receiver);
      },
    });
    assert.equal(resolve('10.0.0.1', `${'10.0.0.2,'.repeat(100_000)}10.0.0.3`, counted), '10.0.0.2');
    assert.ok(lookups <= 64, `${lookups} look-ups`);
    assert.equal(resolve('10.0.0.1', 'x'.repeat(1_000_000)), '10.0.0.1');
  });
});
