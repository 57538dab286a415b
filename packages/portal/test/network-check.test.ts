import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkNetwork } from '../src/application-token/network-check.ts';

test('networks and single addresses are read as the server keeps them', () => {
  for (const [text, network, isSingle] of [
    ['192.0.2.0/24', '192.0.2.0/24', false],
    [' 192.0.2.7 ', '192.0.2.7/32', true],
    ['0.0.0.0/0', '0.0.0.0/0', false],
    ['2001:DB8::/32', '2001:db8::/32', false],
    ['::1', '::1/128', true],
    ['::/0', '::/0', false],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8/128', true],
  ] as const) {
    assert.deepEqual(checkNetwork(text), { kind: 'valid', network, isSingle }, text);
  }
});

test('an address with bits beyond its prefix is answered with the network that it lies in', () => {
  assert.deepEqual(checkNetwork('10.1.2.3/24'), { kind: 'host-bits', network: '10.1.2.0/24' });
  assert.deepEqual(checkNetwork('2001:db8::1/32'), { kind: 'host-bits', network: '2001:db8::/32' });
});

test('what is no network is said to be none', () => {
  assert.deepEqual(checkNetwork('  '), { kind: 'empty' });
  for (const text of [
    '10',
    '10.1.2',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4/33',
    '1.2.3.4/',
    '1.2.3.4/08',
    '1.2.3.4/8/8',
    '::/129',
    ':::',
    '1::2::3',
    'host',
    '::1]/8',
    'fe80::1%eth0',
  ]) {
    assert.deepEqual(checkNetwork(text), { kind: 'invalid' }, text);
  }
});
