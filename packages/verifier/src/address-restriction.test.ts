import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOf } from '../test/refusal-of.ts';
import { applicationClaims, audience, issuer, issueToken, jwkOf, testKeys } from '../test/sign-token.ts';
import { createTestEnvironment } from '../test/test-environment.ts';
import { requireAllowedAddress } from './address-restriction.ts';
import { createVerifier } from './verifier.ts';
import { VerifyError } from './verify-error.ts';

function isAllowed(ip: readonly string[] | undefined, address: string | undefined): boolean {
  try {
    requireAllowedAddress(ip === undefined ? {} : { ip }, address);
    return true;
  } catch (error) {
    assert.ok(error instanceof VerifyError && error.code === 'address_not_allowed');
    return false;
  }
}

test('an address in one of the networks is allowed, and any other is not', () => {
  const ip = ['192.0.2.0/24', '198.51.100.7', '2001:db8::/32'];
  for (const address of ['192.0.2.1', '198.51.100.7', '2001:db8::1', '2001:DB8:0:0:0::1']) {
    assert.equal(isAllowed(ip, address), true, address);
  }
  for (const address of ['192.0.3.1', '198.51.100.8', '2001:db9::1', '::1']) {
    assert.equal(isAllowed(ip, address), false, address);
  }
});

test('IPv4 and IPv6 are never mixed up, and a mapped address is the IPv4 one (security F 75)', () => {
  assert.equal(isAllowed(['::/0'], '192.0.2.1'), false);
  assert.equal(isAllowed(['::/0'], '::ffff:192.0.2.1'), false);
  assert.equal(isAllowed(['::/0'], '2001:db8::1'), true);
  assert.equal(isAllowed(['0.0.0.0/0'], '2001:db8::1'), false);
  assert.equal(isAllowed(['192.0.2.0/24'], '::ffff:192.0.2.1'), true);
  assert.equal(isAllowed(['192.0.2.0/24'], '::ffff:c000:201'), true);
});

test('an address that is unknown, or none, is not allowed', () => {
  for (const address of [undefined, '', 'localhost', '192.0.2.1, 192.0.2.2', '192.0.2.1:80', '[2001:db8::1]']) {
    assert.equal(isAllowed(['0.0.0.0/0', '::/0'], address), false, String(address));
  }
});

test('the zone of an address does not count', () => {
  assert.equal(isAllowed(['fe80::/10'], 'fe80::1%eth0'), true);
});

test('a network that is none allows nobody, and does not keep the others from allowing', () => {
  assert.equal(isAllowed(['anywhere', '192.0.2.1/24'], '192.0.2.1'), false);
  assert.equal(isAllowed(['anywhere', '192.0.2.0/24'], '192.0.2.1'), true);
});

test('a token without a restriction is accepted from anywhere', () => {
  assert.equal(isAllowed(undefined, '192.0.2.1'), true);
  assert.equal(isAllowed(undefined, undefined), true);
});

test('a verifier holds the address against the restriction where it is told to, and only there', async () => {
  const options = { issuer, audience, keys: [jwkOf(testKeys.ES256)], environment: createTestEnvironment() };
  const enforcing = createVerifier({ ...options, enforceAddress: true });
  const restricted = issueToken(testKeys.ES256, { ...applicationClaims, ip: ['192.0.2.0/24'] });
  assert.ok(await enforcing.verify(restricted, { address: '192.0.2.9' }));
  assert.equal(await refusalOf(enforcing.verify(restricted, { address: '192.0.3.9' })), 'address_not_allowed');
  assert.equal(await refusalOf(enforcing.verify(restricted)), 'address_not_allowed');
  assert.ok(await enforcing.verify(issueToken(testKeys.ES256, applicationClaims)));
  assert.ok(await createVerifier(options).verify(restricted, { address: '192.0.3.9' }));
});
