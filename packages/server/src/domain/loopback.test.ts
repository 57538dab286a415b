import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopbackHost } from './loopback.ts';

test('loopback is 127.0.0.0/8, ::1 and localhost, and nothing that merely looks like it', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1', 'localhost', '[::1]'])
    assert.ok(isLoopbackHost(host), host);
  for (const host of [
    '0.0.0.0',
    '::',
    '128.0.0.1',
    '::2',
    'localhost.example.com',
    '127.0.0.1.example.com',
    '10.0.0.1',
  ]) {
    assert.equal(isLoopbackHost(host), false, host);
  }
});
