import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { version } from '../../packages/server/src/version.ts';
import { behindProxy, startTestServer, storeKinds } from '../support/test-server.ts';

for (const store of storeKinds) {
  describe(`the settings of the portal, on ${store}`, () => {
    test('tell what pages have to know before anybody signs in, and nothing else', async (t) => {
      const server = await startTestServer({ store });
      t.after(() => server.close());
      const answer = await server.call('GET', '/portal/settings');
      assert.deepEqual(answer.json, {
        version,
        public_url: server.url,
        audience: server.url,
        is_secure: true,
        setup_due: true,
        sign_up: 'open',
        sends_mail: false,
        captcha: null,
        languages: ['en', 'de'],
        trusted_devices: 'any',
        signing_algorithm: 'HS256',
        auth_token_minutes: 240,
        address: '127.0.0.1',
      });
      const organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username: 'user@example.com', organisationId });
      assert.equal((await server.call('GET', '/portal/settings')).json.setup_due, false);
    });
  });
}

test('the settings of the portal follow those of the service', async (t) => {
  const secret = 'a-secret-of-smtp';
  const env = {
    KEYWRIGHT_PUBLIC_URL: 'http://auth.example.com',
    KEYWRIGHT_AUDIENCE: 'https://api.example.com',
    KEYWRIGHT_SIGNUP: 'closed',
    KEYWRIGHT_SMTP_URL: `smtp://user:${secret}@mail.example.com`,
    KEYWRIGHT_MAIL_FROM: 'no-reply@example.com',
    KEYWRIGHT_TRUSTED_DEVICES: 'off',
    KEYWRIGHT_SIGNING_ALGORITHM: 'ES256',
    KEYWRIGHT_AUTH_TOKEN_MINUTES: '30',
    ...behindProxy,
  };
  const server = await startTestServer({ env, role: 'server' });
  t.after(() => server.close());
  const answer = await server.call('GET', '/portal/settings', { from: '2001:db8::7' });
  const { public_url, audience, is_secure, sign_up, sends_mail, trusted_devices, ...rest } = answer.json;
  assert.deepEqual(
    [public_url, audience, is_secure, sign_up, sends_mail, trusted_devices],
    ['http://auth.example.com', 'https://api.example.com', false, 'closed', true, 'off'],
  );
  assert.deepEqual(
    [rest.signing_algorithm, rest.auth_token_minutes, rest.address],
    ['ES256', 30, '2001:db8::7'],
    'the address is the one that a proxy tells of',
  );
  assert.equal(answer.text.includes(secret), false);
});
