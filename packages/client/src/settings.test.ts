import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClientError, type ClientOptions, createClient } from './index.ts';

const baseUrl = 'https://auth.example.com';
const secret = 'kwt_a secret that no message may hold';

describe('the options of a client', () => {
  const refused: readonly (readonly [what: string, options: ClientOptions])[] = [
    ['no credentials', { baseUrl }],
    ['a username alone', { baseUrl, username: 'user@example.com' }],
    ['a password alone', { baseUrl, password: secret }],
    ['an empty password', { baseUrl, username: 'user@example.com', password: '' }],
    ['an empty application token', { baseUrl, applicationToken: '' }],
    ['two ways at once', { baseUrl, applicationToken: secret, username: 'x', password: 'y' }],
    ['an application token that could be refreshed', { baseUrl, applicationToken: secret, refreshToken: 'a.b.c' }],
    ['a refresh token that is none', { baseUrl, refreshToken: secret }],
    ['no URL', { baseUrl: 'auth.example.com', applicationToken: secret }],
    ['a URL of another kind', { baseUrl: 'ftp://auth.example.com', applicationToken: secret }],
    ['a password in the URL', { baseUrl: `https://user:${secret}@example.com`, applicationToken: secret }],
    ['a query', { baseUrl: `${baseUrl}?token=${secret}`, applicationToken: secret }],
    ['plain HTTP to another machine', { baseUrl: 'http://auth.example.com', applicationToken: secret }],
    ['an origin with a path', { baseUrl, applicationToken: secret, allowedOrigins: ['https://example.com/path'] }],
    ['plain HTTP to an API', { baseUrl, applicationToken: secret, allowedOrigins: ['http://api.example.com'] }],
    ['a negative wait', { baseUrl, applicationToken: secret, maxWaitSeconds: -1 }],
    ['no number', { baseUrl, applicationToken: secret, timeoutSeconds: Number.NaN }],
  ];
  for (const [what, options] of refused) {
    test(`${what} is refused, in a message without a secret`, () => {
      assert.throws(
        () => createClient(options),
        (error) => error instanceof ClientError && error.code === 'InvalidOptions' && !error.message.includes('kwt_'),
      );
    });
  }

  test('plain HTTP is for this machine, or for those who ask for it', () => {
    for (const host of ['localhost:8080', '127.0.0.1', '127.1.2.3', '[::1]:80', 'keywright.localhost']) {
      createClient({ baseUrl: `http://${host}`, applicationToken: secret });
    }
    createClient({ baseUrl: 'http://keywright.internal', applicationToken: secret, allowInsecureHttp: true });
    for (const host of ['127.0.0.1.example.com', 'localhost.example.com', 'example.com']) {
      assert.throws(() => createClient({ baseUrl: `http://${host}`, applicationToken: secret }));
    }
  });
});
