import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestName } from './nearest-name.ts';

test('a mistyped name finds the one that was meant', () => {
  const names = ['serve', 'migrate', 'user add', 'user list', 'token create'];
  assert.equal(nearestName('sevre', names), 'serve', 'two letters swapped');
  assert.equal(nearestName('migrat', names), 'migrate', 'a letter dropped');
  assert.equal(nearestName('user-add', names), 'user add', 'a letter changed');
  assert.equal(nearestName('SERVE', names), 'serve', 'another case');
});

test('a name of which only the beginning was typed finds the shortest that begins so', () => {
  const names = ['KEYWRIGHT_PORT', 'KEYWRIGHT_SMTP_CERTIFICATE', 'KEYWRIGHT_SMTP_URL'];
  assert.equal(nearestName('KEYWRIGHT_SMTP', names), 'KEYWRIGHT_SMTP_URL');
  assert.equal(nearestName('desc', ['data-dir', 'description']), 'description');
});

test('a name that is close to none finds none', () => {
  assert.equal(nearestName('backup', ['serve', 'migrate']), undefined);
  assert.equal(nearestName('', ['serve']), undefined);
});
