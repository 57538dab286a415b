import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Address,
  formatAddress,
  formatNetwork,
  NetworkSyntaxError,
  networkContains,
  parseAddress,
  parseNetwork,
} from './network.ts';

fc.configureGlobal({ seed: 1 });

const octet = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.array(octet, { minLength: 4, maxLength: 4 });
// Zeros often, so that runs of them are met.
const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
const ipv6Groups = fc.array(group, { minLength: 8, maxLength: 8 });

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed, text);
  return parsed;
}

function canonical(text: string): string | undefined {
  const parsed = parseAddress(text);
  return parsed && formatAddress(parsed);
}

function refusalOf(text: string): string {
  try {
    parseNetwork(text);
  } catch (error) {
    assert.ok(error instanceof NetworkSyntaxError);
    assert.ok(error.message.length < 300);
    return error.message;
  }
  assert.fail(`${text} was taken for a network`);
}

/** Whether an address is in a network, computed on whole numbers. */
function containsByArithmetic(network: Address, prefixLength: number, candidate: Address): boolean {
  const number = (octets: readonly number[]) => octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const hostBits = BigInt(network.octets.length * 8 - prefixLength);
  return number(network.octets) >> hostBits === number(candidate.octets) >> hostBits;
}

describe('parseAddress', () => {
  it('every IPv4 address is read and written back the same', () => {
    fc.assert(
      fc.property(ipv4, (octets) => {
        assert.deepEqual(parseAddress(octets.join('.')), { family: 4, octets });
        assert.equal(canonical(octets.join('.')), octets.join('.'));
      }),
    );
  });

  it('an IPv4 address with leading zeros, missing parts, signs or spaces is refused', () => {
    const texts = ['010.0.0.1', '10.0.0.01', '00.0.0.0', '10.0.0', '10.0.0.1.2', '256.0.0.1', '10.0.0.+1', ' 10.0.0.1'];
    for (const text of [...texts, '10.0.0.1 ', '10.0.0.1\n', '10..0.1', '0x10.0.0.1', '167772161', '1e1.0.0.1', '']) {
      assert.equal(parseAddress(text), undefined, text);
    }
  });

  it('every spelling of an IPv6 address is read as the same one', () => {
    const spellings = [
      '2001:db8::1:0:0:1',
      '2001:0db8:0:0:1:0:0:1',
      '2001:DB8::1:0:0:1',
      '2001:db8:0:0:1::1',
      '2001:0db8:0000:0000:0001:0000:0000:0001',
      '2001:db8::1:0:0.0.0.1',
      '2001:db8:0:0:1:0:0.0.0.1',
      '2001:Db8::0001:0:0:1',
    ];
    assert.deepEqual(new Set(spellings.map(canonical)), new Set(['2001:db8::1:0:0:1']));
  });

  it('whatever is written in RFC 5952 form is read back the same, and Node agrees that it is an address', () => {
    fc.assert(
      fc.property(ipv6Groups, (groups) => {
        const text = groups.map((value) => value.toString(16)).join(':');
        const written = canonical(text);
        assert.ok(written);
        assert.equal(canonical(written), written);
        assert.ok(isIPv6(written) || isIPv4(written));
      }),
    );
  });

  it('a text is an address to us only where it is one to Node', () => {
    const characters = fc.string({ unit: fc.constantFrom(...':::..0123459afg%/'), maxLength: 20 });
    const joined = fc.array(fc.constantFrom('::', ':', '.', '0', '1', 'ffff', '255', '12345', '1.2.3.4'), {
      maxLength: 17,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          characters,
          joined.map((parts) => parts.join('')),
        ),
        (text) => {
          const isAddress = (isIPv4(text) || isIPv6(text)) && !text.includes('%');
          assert.equal(parseAddress(text) !== undefined, isAddress, text);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('a malformed IPv6 address is refused', () => {
    const texts = [
      ':',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1:2:3:4::5:6:7:8',
      '::12345',
      'fe80::1%eth0',
    ];
    for (const text of [
      ...texts,
      ':1::',
      '1:',
      '1.2.3.4::',
      '::1.2.3',
      '::1.2.3.04',
      '::g',
      '[::1]',
      '1:2:3:4:5:6:7:1.2.3.4',
    ]) {
      assert.equal(parseAddress(text), undefined, text);
    }
  });

  it('an IPv4-mapped address is the IPv4 one, in every spelling', () => {
    for (const text of ['::ffff:10.0.0.1', '::FFFF:a00:1', '0:0:0:0:0:ffff:10.0.0.1', '0::ffff:0a00:0001']) {
      assert.deepEqual(parseAddress(text), { family: 4, octets: [10, 0, 0, 1] }, text);
    }
    for (const text of [
      '::10.0.0.1',
      '::ffff:0:10.0.0.1',
      '64:ff9b::10.0.0.1',
      '::fffe:10.0.0.1',
      '1::ffff:10.0.0.1',
    ]) {
      assert.equal(parseAddress(text)?.family, 6, text);
    }
  });
});

describe('formatAddress', () => {
  it('an IPv6 address is written as RFC 5952 §4 recommends', () => {
    const forms = [
      ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
      ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
      ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
      ['2001:DB8::ABCD', '2001:db8::abcd'],
      ['0:0:0:0:0:0:0:0', '::'],
      ['0:0:0:0:0:0:0:1', '::1'],
      ['1:0:0:0:0:0:0:0', '1::'],
    ] as const;
    for (const [text, expected] of forms) assert.equal(canonical(text), expected);
  });
});

describe('parseNetwork', () => {
  it('a network is kept as written, and a bare address as the network of that one', () => {
    const forms = [
      ['10.0.0.0/8', '10.0.0.0/8'],
      ['0.0.0.0/0', '0.0.0.0/0'],
      ['192.0.2.7', '192.0.2.7/32'],
      ['192.0.2.7/32', '192.0.2.7/32'],
      ['192.0.2.128/25', '192.0.2.128/25'],
      ['2001:DB8::/32', '2001:db8::/32'],
      ['2001:db8::1', '2001:db8::1/128'],
      ['::/0', '::/0'],
      ['fe80::/10', 'fe80::/10'],
    ] as const;
    for (const [text, expected] of forms) assert.equal(formatNetwork(parseNetwork(text)), expected);
  });

  it('an IPv4-mapped network is the IPv4 one, and one that reaches beyond IPv4 is refused', () => {
    assert.equal(formatNetwork(parseNetwork('::ffff:10.0.0.0/104')), '10.0.0.0/8');
    assert.equal(formatNetwork(parseNetwork('::ffff:0:0/96')), '0.0.0.0/0');
    assert.equal(formatNetwork(parseNetwork('::ffff:192.0.2.7')), '192.0.2.7/32');
    assert.match(refusalOf('::ffff:10.0.0.0/8'), /IPv4-mapped/);
    assert.match(refusalOf('::ffff:10.0.0.1/104'), /10\.0\.0\.0\/8/);
    assert.match(refusalOf('::ffff:10.0.0.0/129'), /0 to 128/);
  });

  it('a network with host bits set is refused, and the refusal names the network that was meant', () => {
    assert.match(refusalOf('10.0.0.5/24'), /10\.0\.0\.0\/24/);
    assert.match(refusalOf('192.0.2.129/25'), /192\.0\.2\.128\/25/);
    assert.match(refusalOf('2001:db8::1/64'), /2001:db8::\/64/);
    assert.match(refusalOf('2001:db8:0:ffff::/52'), /2001:db8:0:f000::\/52/);
  });

  it('a prefix that is out of range or no plain number is refused', () => {
    for (const text of [
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/',
      '10.0.0.0/08',
      '10.0.0.0/255.0.0.0',
      '10.0.0.0/8/8',
    ]) {
      assert.match(refusalOf(text), /0 to 32/, text);
    }
    assert.match(refusalOf('::/129'), /0 to 128/);
    assert.match(refusalOf('::/1e1'), /0 to 128/);
  });

  it('what is no address is refused without being repeated', () => {
    for (const text of [
      '',
      '/8',
      'localhost',
      '10.0.0/8',
      ' 10.0.0.0/8',
      '10.0.0.0 /8',
      '<script>',
      'x'.repeat(100_000),
    ]) {
      assert.doesNotMatch(refusalOf(text), /script|xxx/);
    }
  });
});

describe('networkContains', () => {
  it('an address is in a network exactly if it begins with its prefix', () => {
    const anyAddress = fc.oneof(
      ipv4.map((octets): Address => ({ family: 4, octets })),
      fc.array(octet, { minLength: 16, maxLength: 16 }).map((octets): Address => ({ family: 6, octets })),
    );
    const flipped = fc.tuple(anyAddress, fc.nat({ max: 127 }), fc.nat({ max: 128 }));
    fc.assert(
      fc.property(flipped, ([base, bit, prefix]) => {
        const width = base.octets.length * 8;
        const prefixLength = prefix % (width + 1);
        const other = base.octets.map((value, index) =>
          index === (bit % width) >> 3 ? value ^ (0x80 >> (bit & 7)) : value,
        );
        const candidate: Address = { family: base.family, octets: other };
        const network = { address: base, prefixLength };
        assert.ok(networkContains(network, base));
        assert.equal(networkContains(network, candidate), containsByArithmetic(base, prefixLength, candidate));
      }),
      { numRuns: 1000 },
    );
  });

  it('IPv4 and IPv6 are never mixed up', () => {
    assert.equal(networkContains(parseNetwork('::/0'), address('10.0.0.1')), false);
    assert.equal(networkContains(parseNetwork('::/0'), address('::ffff:10.0.0.1')), false);
    assert.equal(networkContains(parseNetwork('0.0.0.0/0'), address('::1')), false);
    assert.equal(networkContains(parseNetwork('0.0.0.0/0'), address('::10.0.0.1')), false);
    assert.equal(networkContains(parseNetwork('10.0.0.0/8'), address('::ffff:a00:1')), true);
    assert.equal(networkContains(parseNetwork('::ffff:10.0.0.0/104'), address('10.255.0.1')), true);
  });
});
