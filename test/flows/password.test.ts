import assert from 'node:assert/strict';
import { argon2Sync, createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { dictionary } from '@zxcvbn-ts/language-common';
import { readPassword } from '../../packages/server/src/domain/password.ts';
import { setPassword } from '../../packages/server/src/domain/password-change.ts';
import { findPasswordProblems } from '../../packages/server/src/domain/password-rules.ts';
import { recordWork } from '../support/recorded-work.ts';
import { dumpStore, queryStore } from '../support/store-rows.ts';
import {
  behindProxy,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

const phcForm = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function sha1Of(password: string): string {
  return createHash('sha1').update(password).digest('hex');
}

/** A hash as an older version would have made it, by node:crypto's own Argon2. */
function oldHashOf(password: string, { memory, passes }: { memory: number; passes: number }): string {
  const nonce = randomBytes(16);
  const message = Buffer.from(sha1Of(password));
  const digest = argon2Sync('argon2id', { message, nonce, memory, passes, parallelism: 1, tagLength: 32 });
  const encode = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${memory},t=${passes},p=1$${encode(nonce)}$${encode(digest)}`;
}

for (const kind of storeKinds) {
  describe(`passwords on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;

    before(async () => {
      server = await startTestServer({ store: kind, env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationId = (await server.addOrganisation('Acme')).id;
    });
    after(() => server.close());

    const addUser = (username: string, password?: string) =>
      server.addUser({ username, organisationId, ...(password === undefined ? {} : { password }) });

    async function readHash(id: number): Promise<string> {
      const [row] = await queryStore(server.store, `SELECT password_hash FROM user_account WHERE id = ${id}`);
      return row?.['password_hash'];
    }

    test("a user's row holds an Argon2id string of today's strength, and no other form of the password (security A 1)", async () => {
      const password = 'correct horse battery staple';
      const { id } = await addUser('strong@example.com', password);
      const [, memory, passes, parallelism, salt = '', digest = ''] = phcForm.exec(await readHash(id)) ?? [];
      assert.ok(Number(memory) >= 19_456 && Number(passes) >= 2 && Number(parallelism) === 1);
      assert.ok(Buffer.from(salt, 'base64').length >= 16);
      assert.ok(Buffer.from(digest, 'base64').length >= 32);
      assert.equal((await server.authenticate({ username: 'strong@example.com', password })).status, 200);
      const dump = await dumpStore(server.store);
      const digestOfIt = Buffer.from(sha1Of(password), 'hex');
      const forms = [password, sha1Of(password), digestOfIt.toString('base64'), digestOfIt.toString('base64url')];
      for (const form of forms) assert.equal(dump.toLowerCase().includes(form.toLowerCase()), false);
    });

    test('two users with one password have different salts and hashes (security A 2)', async () => {
      const [one, other] = [await addUser('one@example.com'), await addUser('other@example.com')];
      const [, , , , salt, digest] = phcForm.exec(await readHash(one.id)) ?? [];
      const [, , , , otherSalt, otherDigest] = phcForm.exec(await readHash(other.id)) ?? [];
      assert.ok(salt !== undefined && digest !== undefined);
      assert.notEqual(salt, otherSalt);
      assert.notEqual(digest, otherDigest);
    });

    test("a hash with old parameters is replaced by one of today's when its owner signs in, and not before (security A 3)", async () => {
      const { id } = await addUser('old@example.com');
      for (const cost of [
        { memory: 4096, passes: 2 },
        { memory: 19_456, passes: 1 },
      ]) {
        const old = oldHashOf(testPassword, cost);
        await queryStore(server.store, `UPDATE user_account SET password_hash = '${old}' WHERE id = ${id}`);
        assert.equal((await server.authenticate({ username: 'old@example.com', password: 'wrong' })).status, 401);
        assert.equal(await readHash(id), old);
        await server.signIn('old@example.com');
        const renewed = await readHash(id);
        assert.match(renewed, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
        await server.signIn('old@example.com');
        assert.equal(await readHash(id), renewed, "today's hashes are left alone");
      }
    });

    test('nothing of what the store holds signs anybody in (security A 4)', async () => {
      const username = 'dumped@example.com';
      const { id } = await addUser(username);
      const phc = await readHash(id);
      const [, , , , salt = '', digest = ''] = phcForm.exec(phc) ?? [];
      const hex = Buffer.from(digest, 'base64').toString('hex');
      const guesses = [
        phc,
        digest,
        `${salt}$${digest}`,
        hex,
        hex.slice(0, 40),
        hex.slice(-40),
        sha1Of(phc),
        sha1Of(hex),
      ];
      for (const [index, password] of guesses.entries()) {
        const answer = await server.authenticate({ username, password }, { from: `203.0.113.${index}` });
        assert.notEqual(answer.status, 200, password);
        await server.service.database.deleteLockouts(`user:${id}`, 'all');
      }
      assert.equal((await server.authenticate({ username, password: sha1Of(testPassword) })).status, 200);
    });

    test('a password of 7 characters is refused, one of 8 is accepted (security A 5)', async () => {
      await assert.rejects(addUser('short@example.com', 'seven 7'), { token: 'InputValidationFailed' });
      await addUser('short@example.com', 'eight 88');
      await server.signIn('short@example.com', 'eight 88');
    });

    test('long passwords of any characters are accepted, and needed whole (security A 6, 7)', async () => {
      const long = ['x'.repeat(64), `${'ünï çødé 🦦 '.repeat(18)}e`, 'alllowercaseletters'];
      for (const [index, password] of long.entries()) {
        const username = `long${index}@example.com`;
        await addUser(username, password);
        await server.signIn(username, password);
        const shorter = password.slice(0, -1);
        assert.equal((await server.authenticate({ username, password: shorter })).status, 401);
      }
    });

    test('the common passwords that are long enough are refused wherever one is set, also with a capital (security A 8, 15)', async () => {
      const common = dictionary['passwords-common'].filter((one) => one.length >= 8).slice(0, 3000);
      const username = 'common@example.com';
      for (const one of common) {
        const capital = one.slice(0, 1).toUpperCase() + one.slice(1);
        for (const password of [one, capital, sha1Of(one), sha1Of(capital)]) {
          const problems = await findPasswordProblems(server.service, readPassword(password), { username });
          assert.equal(problems.length, 1, password);
        }
      }
      const { id } = await addUser(username);
      for (const password of ['password123', 'PassWord123', sha1Of('password123'), sha1Of('Password123')]) {
        await assert.rejects(addUser('new@example.com', password), { token: 'InputValidationFailed' });
        await assert.rejects(setPassword(server.service, testActor, id, password), { token: 'InputValidationFailed' });
      }
      await setPassword(server.service, testActor, id, sha1Of('password123 and more of it'));
    });

    test("the username, its local part and the product's name are no passwords (security A 9)", async () => {
      for (const password of ['longname@example.com', 'LongName', 'keywright', 'Keywright', sha1Of('keywright')]) {
        const attempt = addUser('longname@example.com', password);
        await assert.rejects(attempt, { token: 'InputValidationFailed' }, password);
      }
    });

    test('a password two years old signs in as on the first day (security A 11)', async () => {
      await addUser('loyal@example.com');
      server.clock.advance({ days: 730 });
      const answer = await server.authenticate({ username: 'loyal@example.com', password: testPassword });
      assert.deepEqual([answer.status, Object.keys(answer.json).length], [200, 2]);
    });

    test('the composed and the decomposed spelling of one password both sign in (security A 14)', async () => {
      const [composed, decomposed] = ['schöne Grüße'.normalize('NFC'), 'schöne Grüße'.normalize('NFD')];
      assert.notEqual(composed, decomposed);
      const { id } = await addUser('nfd@example.com', decomposed);
      await server.signIn('nfd@example.com', composed);
      await setPassword(server.service, testActor, id, composed);
      await server.signIn('nfd@example.com', decomposed);
    });

    test('an unknown user costs the same hashing and the same store calls as a wrong password, to the lock and beyond (security B 22)', async (t) => {
      await addUser('known@example.com');
      const work = recordWork(t, server.service);
      const attempt = async (username: string): Promise<[number, string[]]> => {
        const { status } = await server.authenticate({ username, password: 'wrong' }, { from: '198.51.100.9' });
        return [status, work.take()];
      };
      for (const expected of [401, 401, 401, 429]) {
        const [known, unknown] = [await attempt('known@example.com'), await attempt('unknown@example.com')];
        assert.deepEqual(unknown, known);
        assert.equal(known[0], expected);
        assert.equal(known[1].filter((what) => what === 'hash').length, expected === 401 ? 1 : 0);
      }
    });
  });
}

test('where passwords may not come as their SHA-1 none is set by it', async (t) => {
  const server = await startTestServer({ env: { KEYWRIGHT_SHA1_PASSWORDS: 'deny' } });
  t.after(() => server.close());
  const { id } = await server.addOrganisation('Acme');
  const user = await server.addUser({ username: 'jane@example.com', organisationId: id });
  const attempt = setPassword(server.service, testActor, user.id, sha1Of('quaint otters juggle lemons'));
  await assert.rejects(attempt, { token: 'InputValidationFailed' });
  await server.signIn('jane@example.com');
});
