import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimsOf, startTestServer, type TestServer } from '../support/test-server.ts';

const path = '/.well-known/oauth-authorization-server';

async function startAt(publicUrl?: string): Promise<TestServer> {
  return startTestServer({ env: publicUrl === undefined ? {} : { KEYWRIGHT_PUBLIC_URL: publicUrl } });
}

async function issuerOfTokens(server: TestServer): Promise<unknown> {
  const { id } = await server.addOrganisation('Acme');
  await server.addUser({ username: 'jane@example.com', organisationId: id });
  return claimsOf((await server.signIn('jane@example.com')).auth_token)['iss'];
}

test('the metadata names the issuer exactly as tokens do, and every endpoint below it (security E 71)', async (t) => {
  for (const publicUrl of [
    'https://auth.example.com',
    'https://Example.com:8443/',
    'http://localhost:8080',
    undefined,
  ]) {
    const server = await startAt(publicUrl);
    t.after(() => server.close());
    const answer = await server.call('GET', path);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=300');
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    const { issuer, ...metadata } = answer.json;
    assert.equal(issuer, await issuerOfTokens(server));
    assert.deepEqual(metadata, {
      token_endpoint: `${issuer}/oauth2/token`,
      introspection_endpoint: `${issuer}/oauth2/introspect`,
      revocation_endpoint: `${issuer}/oauth2/revoke`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'Bearer'],
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      service_documentation: `${issuer}/docs`,
    });
  }
});

test('the metadata is that of the setting, whatever Host and forwarding headers say', async (t) => {
  const server = await startAt('https://auth.example.com');
  t.after(() => server.close());
  const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', forwarded: 'host=evil.example' };
  const { text } = await server.call('GET', path, { headers });
  assert.equal(text.includes('evil'), false);
});

test('where the public URL is neither https nor on loopback there is no metadata (security E 71)', async (t) => {
  const server = await startAt('http://auth.example.com');
  t.after(() => server.close());
  const answer = await server.call('GET', path);
  assert.deepEqual([answer.status, answer.json.error_code], [404, 1201]);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
});

test('the key set is for everybody, for five minutes, and public (security D 55)', async (t) => {
  const server = await startTestServer({ env: { KEYWRIGHT_SIGNING_ALGORITHM: 'EdDSA' } });
  t.after(() => server.close());
  const { jwks_uri } = (await server.call('GET', path)).json;
  const response = await fetch(jwks_uri);
  assert.equal(response.headers.get('cache-control'), 'public, max-age=300');
  const { keys } = (await response.json()) as { keys: Record<string, string>[] };
  assert.equal(keys.length, 2);
  for (const key of keys) {
    assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    assert.deepEqual([key['kty'], key['alg'], key['use']], ['OKP', 'EdDSA', 'sig']);
  }
});
