import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PasskeyCreationOptions } from '../../packages/contract/src/index.ts';
import { type PeopleScene, startPeopleScene } from '../support/people-scene.ts';
import { askedForFactor, beginFactor, confirmFactor, mailsFor } from '../support/second-factor.ts';
import { createSoftwareAuthenticator, type Deviation } from '../support/software-authenticator.ts';
import { queryStore } from '../support/store-rows.ts';
import { claimsOf, refusalOf, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';

const origin = 'http://localhost:8443';

for (const kind of storeKinds) {
  describe(`passkeys on ${kind}`, () => {
    let server: TestServer;
    let scene: PeopleScene;

    before(async () => {
      scene = await startPeopleScene(kind, { KEYWRIGHT_PUBLIC_URL: origin });
      server = scene.server;
    });
    after(() => server.close());

    /** Somebody with a passkey as the second factor. */
    async function addEnrolled(settings: { synchronises?: boolean; counts?: boolean } = {}) {
      const user = await scene.addPerson();
      const authenticator = createSoftwareAuthenticator(origin, settings);
      const { id, public_key } = await beginFactor(server, user.bearer, 2);
      const confirmed = await confirmFactor(server, user.bearer, id, { credential: authenticator.create(public_key) });
      assert.equal(confirmed.status, 204, confirmed.text);
      return { ...user, authenticator };
    }
    async function challenge(mfa_token: string) {
      const answer = await server.call('POST', '/api/v1/authenticate/challenge', {
        body: { mfa_token, type: { id: 2 } },
      });
      assert.equal(answer.status, 200, answer.text);
      return answer.json;
    }

    test('setting one up answers what a browser needs to make it, for this site and this user (contract §5)', async () => {
      const { username, bearer } = await scene.addPerson();
      const { id, public_key, ...rest } = await beginFactor(server, bearer, 2);
      assert.ok(Number.isInteger(id));
      assert.deepEqual(Object.keys(rest).sort(), ['creation_date', 'status', 'type']);
      assert.deepEqual(public_key.rp, { id: 'localhost', name: 'Keywright' });
      assert.equal(public_key.user.name, username);
      assert.ok(!Buffer.from(public_key.user.id, 'base64url').toString().includes('@'));
      assert.equal(Buffer.from(public_key.challenge, 'base64url').length, 32);
      assert.deepEqual(
        public_key.pubKeyCredParams.map(({ alg }: { alg: number }) => alg),
        [-8, -7, -257],
      );
      assert.deepEqual(
        [public_key.attestation, public_key.authenticatorSelection.userVerification],
        ['none', 'preferred'],
      );
    });

    test('a passkey completes the sign-in: challenge, signature, tokens with amr pwd and hwk', async () => {
      const { username, authenticator } = await addEnrolled();
      const mfa_token = await askedForFactor(server, username);
      assert.deepEqual(claimsOf(mfa_token)['methods'], ['passkey']);
      const options = await challenge(mfa_token);
      assert.deepEqual(
        [options.rpId, options.userVerification, options.allowCredentials],
        ['localhost', 'preferred', [{ id: authenticator.credentialId, type: 'public-key', transports: ['internal'] }]],
      );
      const answer = await server.authenticate({ mfa_token, credential: authenticator.get(options) });
      assert.deepEqual([answer.status, Object.keys(answer.json).sort()], [200, ['auth_token', 'refresh_token']]);
      assert.deepEqual(claimsOf(answer.json.auth_token)['amr'], ['pwd', 'hwk']);
      const mails = await mailsFor(server, username);
      assert.deepEqual(
        mails.map(({ data }) => `${data['factor']} ${data['change']}`),
        ['passkey added'],
      );
    });

    test('a passkey that is in force is 409 before its credential is judged', async () => {
      const { id, username, bearer } = await addEnrolled();
      const [{ id: keyId }] = (await server.call('GET', '/api/v1/user/my', { bearer })).json.mfa;
      const other = createSoftwareAuthenticator(origin);
      const credential = other.create({ challenge: 'x', rp: { id: 'localhost' } } as PasskeyCreationOptions);
      assert.deepEqual(refusalOf(await confirmFactor(server, bearer, keyId, { credential })), [409, 1405]);
      assert.deepEqual(await queryStore(server.store, `SELECT * FROM lockout WHERE user_id = ${id}`), []);
      await askedForFactor(server, username);
    });

    test('a passkey that may be synchronised is no proof of hardware: amr pwd and swk (RFC 8176)', async () => {
      const { username, authenticator } = await addEnrolled({ synchronises: true });
      const mfa_token = await askedForFactor(server, username);
      const credential = authenticator.get(await challenge(mfa_token));
      const answer = await server.authenticate({ mfa_token, credential });
      assert.deepEqual(claimsOf(answer.json.auth_token)['amr'], ['pwd', 'swk']);
    });

    test('a sign-in with a passkey makes the device trusted, where it says so', async () => {
      const { username, authenticator } = await addEnrolled();
      const mfa_token = await askedForFactor(server, username);
      const trusted_device = { fingerprint: 'browser', operating_system: 'Linux', browser: 'Chrome' };
      const credential = authenticator.get(await challenge(mfa_token));
      assert.equal((await server.authenticate({ mfa_token, credential, trusted_device })).status, 200);
      const again = await server.authenticate({ username, password: testPassword, fingerprint: 'browser' });
      assert.ok('auth_token' in again.json);
    });

    const wrong: readonly (readonly [what: string, deviation: Deviation])[] = [
      ['on another origin', { origin: 'http://localhost.example.com' }],
      ['for another site', { rpId: 'example.com' }],
      ['of another challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
      ['with a spoilt signature', { spoilsSignature: true }],
      ['with a counter that did not grow, as of a copy', { counter: 1 }],
    ];
    for (const [what, deviation] of wrong) {
      test(`a signature ${what} is 401, counts as a wrong code, and leaves the token for the right one`, async () => {
        const { id, username, authenticator } = await addEnrolled();
        const mfa_token = await askedForFactor(server, username);
        const options = await challenge(mfa_token);
        const answer = await server.authenticate({ mfa_token, credential: authenticator.get(options, deviation) });
        assert.deepEqual(refusalOf(answer), [401, 1101]);
        const counts = await queryStore(server.store, `SELECT failures FROM lockout WHERE user_id = ${id}`);
        assert.deepEqual(
          counts.map(({ failures }) => failures),
          [1],
        );
        assert.equal((await server.authenticate({ mfa_token, credential: authenticator.get(options) })).status, 200);
      });
    }

    test('a signature is good once, and only for the challenge of its own token', async () => {
      const { username, authenticator } = await addEnrolled();
      const [first, other] = [await askedForFactor(server, username), await askedForFactor(server, username)];
      const options = await challenge(first);
      await challenge(other);
      const credential = authenticator.get(options);
      assert.deepEqual(refusalOf(await server.authenticate({ mfa_token: other, credential })), [401, 1101]);
      assert.equal((await server.authenticate({ mfa_token: first, credential })).status, 200);
      assert.deepEqual(refusalOf(await server.authenticate({ mfa_token: first, credential })), [401, 1102]);
    });

    test('a later challenge voids the one before; without any, no signature is good', async () => {
      const { username, authenticator } = await addEnrolled();
      const mfa_token = await askedForFactor(server, username);
      const forged = {
        challenge: '',
        rpId: 'localhost',
        allowCredentials: [],
        timeout: 1,
        userVerification: 'preferred',
      };
      const credential = authenticator.get(forged, { challenge: null });
      assert.equal((await server.authenticate({ mfa_token, credential })).status, 401);
      const early = await challenge(mfa_token);
      const late = await challenge(mfa_token);
      assert.equal((await server.authenticate({ mfa_token, credential: authenticator.get(early) })).status, 401);
      assert.equal((await server.authenticate({ mfa_token, credential: authenticator.get(late) })).status, 200);
    });

    test('an authenticator without a counter, which always says 0, works again and again', async () => {
      const { username, authenticator } = await addEnrolled({ counts: false });
      for (const round of [1, 2, 3]) {
        const mfa_token = await askedForFactor(server, username);
        const credential = authenticator.get(await challenge(mfa_token));
        assert.equal((await server.authenticate({ mfa_token, credential })).status, 200, `${round}`);
      }
    });

    test("another user's passkey is refused, and so is one that is registered already", async () => {
      const [jane, joe] = [await addEnrolled(), await scene.addPerson()];
      const { id, public_key } = await beginFactor(server, joe.bearer, 2);
      const copy = createSoftwareAuthenticator(origin);
      const credential = copy.create(public_key, { credentialId: jane.authenticator.credentialId });
      assert.deepEqual(refusalOf(await confirmFactor(server, joe.bearer, id, { credential })), [409, 1405]);
      const own = createSoftwareAuthenticator(origin);
      assert.equal((await confirmFactor(server, joe.bearer, id, { credential: own.create(public_key) })).status, 204);
      const mfa_token = await askedForFactor(server, joe.username);
      const options = await challenge(mfa_token);
      const foreign = await server.authenticate({ mfa_token, credential: jane.authenticator.get(options) });
      assert.deepEqual(refusalOf(foreign), [401, 1101]);
    });

    test('a registration that is not for us, not in answer to us, or brings a certificate is 422, and the factor waits on', async () => {
      const deviations: Deviation[] = [
        { origin: 'https://evil.example.com' },
        { rpId: 'evil.example.com' },
        { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
        { attests: true },
      ];
      for (const deviation of deviations) {
        const { bearer } = await scene.addPerson();
        const { id, public_key } = await beginFactor(server, bearer, 2);
        const authenticator = createSoftwareAuthenticator(origin);
        const wrongOne = { credential: authenticator.create(public_key, deviation) };
        assert.deepEqual(refusalOf(await confirmFactor(server, bearer, id, wrongOne)), [422, 1400]);
        const credential = authenticator.create(public_key);
        assert.equal((await confirmFactor(server, bearer, id, { credential })).status, 204);
      }
    });

    test('garbage in a credential is 4xx, never 5xx', async () => {
      const { bearer } = await scene.addPerson();
      const { id } = await beginFactor(server, bearer, 2);
      const texts = ['', 'e30', '!!', 'oA', 'a'.repeat(1000), '\u0000'];
      for (const text of texts) {
        const credential = {
          id: 'x',
          rawId: 'x',
          type: 'public-key',
          response: { clientDataJSON: text, attestationObject: text },
        };
        const answer = await confirmFactor(server, bearer, id, { credential });
        assert.ok([422, 429].includes(answer.status), `${answer.status} ${JSON.stringify(text)}`);
      }
      const shapes = [{}, { credential: null }, { credential: { id: 'x' } }, { code: '123456' }];
      for (const shape of shapes) assert.equal((await confirmFactor(server, bearer, id, shape)).status, 422);
      server.clock.advance({ minutes: 5 });
      const enrolled = await addEnrolled();
      const mfa_token = await askedForFactor(server, enrolled.username);
      await challenge(mfa_token);
      for (const text of texts.slice(0, 3)) {
        const response = { clientDataJSON: text, authenticatorData: text, signature: text };
        const credential = { id: enrolled.authenticator.credentialId, rawId: 'y', type: 'public-key', response };
        assert.equal((await server.authenticate({ mfa_token, credential })).status, 401);
      }
      const missing = await server.authenticate({ mfa_token, credential: { id: 'x' } });
      assert.equal(missing.status, 422);
    });

    test('of 10 uses of one signature at once, one succeeds', async () => {
      const { username, authenticator } = await addEnrolled({ counts: false });
      const mfa_token = await askedForFactor(server, username);
      const credential = authenticator.get(await challenge(mfa_token));
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => server.authenticate({ mfa_token, credential })),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...new Array(9).fill(401)]);
    });
  });
}
