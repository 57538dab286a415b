import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { ClientCredentials } from 'simple-oauth2';
import { claimsOf, startTestServer, type TestServer } from '../support/test-server.ts';

const username = 'jane@example.com';

describe('OAuth clients from npm, unmodified', () => {
  let server: TestServer;
  let bearer: string;
  let id: string;
  let secret: string;

  before(async () => {
    server = await startTestServer({ env: { KEYWRIGHT_SIGNING_ALGORITHM: 'ES256' } });
    const organisation = await server.addOrganisation('Acme');
    await server.addUser({ username, organisationId: organisation.id });
    bearer = (await server.signIn(username)).auth_token;
    const made = await server.createToken(bearer);
    [id, secret] = [String(made.id), made.application_token];
  });
  after(() => server.close());

  /** That a token is one of our own: the API takes it, and it is of the client. */
  async function requireGood(token: string): Promise<void> {
    assert.equal(claimsOf(token)['sub'], `application_token:${id}`);
    assert.equal((await server.call('GET', '/api/v1/organisation/my', { bearer: token })).status, 200);
  }

  /** That the session of a refresh token has ended. */
  async function requireEnded(refresh_token: string): Promise<void> {
    assert.equal((await server.authenticate({ refresh_token })).status, 401);
  }

  for (const [name, authentication] of [
    ['Basic', () => openid.ClientSecretBasic(secret)],
    ['the form', () => openid.ClientSecretPost(secret)],
  ] as const) {
    test(`openid-client discovers, and gets, introspects and revokes tokens by ${name}`, async () => {
      const config = await openid.discovery(new URL(server.url), id, undefined, authentication(), {
        algorithm: 'oauth2',
        execute: [openid.allowInsecureRequests],
      });
      assert.equal(config.serverMetadata().issuer, server.url);
      const tokens = await openid.clientCredentialsGrant(config);
      assert.deepEqual([tokens.token_type, tokens.expires_in], ['bearer', 14_400]);
      await requireGood(tokens.access_token);
      const called = await openid.fetchProtectedResource(
        config,
        tokens.access_token,
        new URL('/api/v1/organisation/my', server.url),
        'GET',
      );
      assert.equal(called.status, 200);

      const told = await openid.tokenIntrospection(config, tokens.access_token);
      assert.deepEqual([told.active, told.sub], [true, `application_token:${id}`]);
      const { auth_token, refresh_token } = await server.signIn(username);
      assert.equal((await openid.tokenIntrospection(config, auth_token)).active, true);
      assert.deepEqual(await openid.tokenIntrospection(config, 'garbage'), { active: false });

      await openid.tokenRevocation(config, refresh_token, { token_type_hint: 'refresh_token' });
      await requireEnded(refresh_token);
      assert.deepEqual(await openid.tokenIntrospection(config, auth_token), { active: false });
      await openid.tokenRevocation(config, 'garbage');
      await assert.rejects(openid.tokenRevocation(config, tokens.access_token), { error: 'unsupported_token_type' });
    });
  }

  test('openid-client is told what is wrong by the codes of the standards', async () => {
    const discover = (clientSecret: string) =>
      openid.discovery(new URL(server.url), id, clientSecret, openid.ClientSecretPost(clientSecret), {
        algorithm: 'oauth2',
        execute: [openid.allowInsecureRequests],
      });
    const config = await discover(secret);
    await assert.rejects(openid.clientCredentialsGrant(config, { scope: 'x' }), {
      error: 'invalid_scope',
      status: 400,
    });
    await assert.rejects(openid.genericGrantRequest(config, 'password', { username, password: 'x' }), {
      error: 'unsupported_grant_type',
    });
    const mistaken = await discover(`${secret}x`);
    await assert.rejects(openid.clientCredentialsGrant(mistaken), (error) => {
      assert.ok(error instanceof openid.WWWAuthenticateChallengeError);
      assert.deepEqual([error.status, error.cause[0]?.scheme], [401, 'basic']);
      return true;
    });
    await assert.rejects(openid.tokenIntrospection(mistaken, 'x'), openid.WWWAuthenticateChallengeError);
  });

  test('oauth4webapi discovers, and gets, validates, introspects and revokes tokens', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true } as const;
    const issuer = new URL(server.url);
    const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
    const as = await oauth.processDiscoveryResponse(issuer, discovered);
    const client = { client_id: id };
    for (const authentication of [oauth.ClientSecretBasic(secret), oauth.ClientSecretPost(secret)]) {
      const granting = await oauth.clientCredentialsGrantRequest(as, client, authentication, {}, insecure);
      const { access_token, expires_in } = await oauth.processClientCredentialsResponse(as, client, granting);
      assert.equal(expires_in, 14_400);
      await requireGood(access_token);

      const { auth_token, refresh_token } = await server.signIn(username);
      const introspect = async (token: string) => {
        const response = await oauth.introspectionRequest(as, client, authentication, token, insecure);
        return oauth.processIntrospectionResponse(as, client, response);
      };
      assert.equal((await introspect(auth_token)).active, true);
      const revoking = await oauth.revocationRequest(as, client, authentication, refresh_token, insecure);
      await oauth.processRevocationResponse(revoking);
      await requireEnded(refresh_token);
      assert.deepEqual(await introspect(auth_token), { active: false });
    }
  });

  test('the metadata leads to the keys that verify what the token endpoint gives', async () => {
    const metadata = (await server.call('GET', '/.well-known/oauth-authorization-server')).json;
    const { keys } = (await (await fetch(metadata.jwks_uri)).json()) as { keys: Record<string, string>[] };
    const client = new ClientCredentials({
      client: { id, secret },
      auth: { tokenHost: metadata.issuer, tokenPath: new URL(metadata.token_endpoint).pathname },
    });
    const { token } = await client.getToken({});
    const [header = '', payload, signature = ''] = String(token['access_token']).split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const jwk = keys.find((key) => key['kid'] === kid);
    assert.ok(jwk);
    const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
    assert.ok(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')));
  });

  for (const authorizationMethod of ['header', 'body'] as const) {
    for (const credentialsEncodingMode of ['strict', 'loose'] as const) {
      test(`simple-oauth2 gets and revokes tokens, with credentials in the ${authorizationMethod}, encoded ${credentialsEncodingMode === 'strict' ? 'strictly' : 'loosely'}`, async () => {
        const client = new ClientCredentials({
          client: { id, secret },
          auth: { tokenHost: server.url, tokenPath: '/oauth2/token', revokePath: '/oauth2/revoke' },
          options: { authorizationMethod, credentialsEncodingMode },
        });
        const granted = await client.getToken({});
        await requireGood(String(granted.token['access_token']));
        assert.equal(granted.token['token_type'], 'Bearer');
        const { auth_token, refresh_token } = await server.signIn(username);
        const held = client.createToken({ access_token: auth_token, refresh_token, expires_in: 14_400 });
        await held.revoke('refresh_token');
        await requireEnded(refresh_token);
        await held.revoke('access_token');
        await assert.rejects(granted.revoke('access_token'), (error: Error & { output?: { statusCode: number } }) => {
          assert.equal(error.output?.statusCode, 400);
          return true;
        });
      });
    }
  }
});
