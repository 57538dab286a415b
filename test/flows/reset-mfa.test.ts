import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommandLine } from '../support/command-line.ts';
import {
  askedForFactor,
  beginFactor,
  enrolTotp,
  eventsOf,
  mailsFor,
  signInWithTotp,
} from '../support/second-factor.ts';
import { queryStore } from '../support/store-rows.ts';
import { createTestStore, startTestServer, storeKinds, testPassword } from '../support/test-server.ts';

const username = 'jane@example.com';
const trusted_device = { fingerprint: 'laptop', operating_system: 'Linux', browser: 'Firefox' };

for (const kind of storeKinds) {
  test(`keywright user reset-mfa on ${kind}: an operator at the machine takes every second factor away, beside a running server`, async (t) => {
    const store = await createTestStore(kind);
    const server = await startTestServer({ store, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
    t.after(async () => {
      await server.close();
      await store.remove();
    });
    const { id: organisationId } = await server.addOrganisation('Acme');
    const { id } = await server.addUser({ username, organisationId });
    const { auth_token: bearer } = await server.signIn(username);
    const app = await enrolTotp(server, bearer);
    await beginFactor(server, bearer, 1);
    const body = { password: testPassword };
    const codes = await server.call('POST', '/api/v1/user/mfa/recovery_code', { bearer, body });
    assert.equal(codes.status, 200);
    await signInWithTotp(server, username, app, trusted_device);
    const waiting = await askedForFactor(server, username);

    const { code, out } = await runCommandLine(['user', 'reset-mfa', username], { env: store.env });
    assert.deepEqual([code, out], [0, `${username} had 2 second factors, and has none now.\n`]);
    for (const table of ['mfa_key', 'mfa_challenge', 'recovery_code', 'trusted_device']) {
      assert.deepEqual(await queryStore(store, `SELECT user_id FROM ${table}`), [], table);
    }
    assert.ok((await server.signIn(username)).auth_token);
    assert.equal((await server.authenticate({ mfa_token: waiting, code: app.code() })).status, 401);
    const events = (await eventsOf(server, id, 14)).map((text) => text.replace(/ \(\w+\)$/, ''));
    assert.deepEqual(events.slice(-2), [
      `${username} no longer has the second factor: Time-Based One-Time Password, by command line`,
      `${username} no longer has a second factor to confirm: E-mail code, by command line`,
    ]);
    const mails = (await mailsFor(server, username)).filter(({ template }) => template === 'factor_changed');
    assert.deepEqual([mails.at(-1)?.data['factor'], mails.at(-1)?.data['change']], ['totp', 'removed']);

    const again = await runCommandLine(['user', 'reset-mfa', username], { env: store.env });
    assert.equal(again.code, 0);
    assert.match(again.out, /^jane@example\.com had no second factor, so nothing was taken away/);
    const unknown = await runCommandLine(['user', 'reset-mfa', 'nobody@example.com'], { env: store.env });
    assert.equal(unknown.code, 1);
  });
}
