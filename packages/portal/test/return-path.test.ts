import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReturnPath } from '../src/session/return-path.ts';

test('whoever signs in goes where they wanted to, with query and fragment', () => {
  const path = '/integrations?page=2&sort=-created#application-tokens';
  assert.equal(readReturnPath(path), path);
});

test('a sign-in leads to no other site, however its address is written', () => {
  const addresses = [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
  ];
  for (const next of [
    ...addresses,
    'javascript:alert(1)',
    '//evil.example/%2f..',
    ' //evil.example',
    'x',
    '',
    7,
    null,
  ]) {
    assert.equal(readReturnPath(next), '/', String(next));
  }
});

test('a path with two slashes in its middle stays on this site', () => {
  assert.equal(new URL(readReturnPath('/.//evil.example'), 'https://own.example').origin, 'https://own.example');
});

test('a sign-in does not lead back to itself, or to a used link', () => {
  for (const next of ['/sign', '/sign?next=/events', '/activation', '/activation?activationKey=x']) {
    assert.equal(readReturnPath(next), '/');
  }
});
