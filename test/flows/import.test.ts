import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commands } from '../../packages/server/src/commands/command-table.ts';
import { tidyStore } from '../../packages/server/src/domain/store-care.ts';
import { runHere } from '../support/captured-terminal.ts';
import { dumpStore, queryStore } from '../support/store-rows.ts';
import {
  createTestStore,
  startTestServer,
  storeKinds,
  type TestServer,
  type TestStore,
} from '../support/test-server.ts';

const password = 'the password of another system';
/** bcrypt of the password, as another system may have kept it. */
const bcryptHash = '$2y$04$ObXbkl/.D5ocgZA2Q/sifuEQAee1g3kzdoHMxno6gTVsKl1TBZk8e';
const sha1 = createHash('sha1').update(password).digest('hex');

for (const kind of storeKinds) {
  describe(`importing users, on ${kind}`, () => {
    let store: TestStore;
    let server: TestServer;

    before(async () => {
      store = await createTestStore(kind);
      server = await startTestServer({ store });
      await server.addOrganisation('Acme');
    });
    after(async () => {
      await server.close();
      await store.remove();
    });

    async function importFile(name: string, content: string | Buffer, ...options: string[]) {
      return importWith({}, name, content, ...options);
    }

    async function importWith(
      env: Readonly<Record<string, string>>,
      name: string,
      content: string | Buffer,
      ...options: string[]
    ) {
      const file = path.join(store.env['KEYWRIGHT_DATA_DIR'] ?? '', name);
      await writeFile(file, content);
      return runHere(commands, ['import', 'users', file, ...options], { env: { ...store.env, ...env } });
    }

    const signIn = (username: string, secret: string) =>
      server.call('POST', '/api/v1/authenticate', { body: { username, password: secret } });

    async function countUsers(): Promise<number> {
      return (await queryStore(store, 'SELECT count(*) AS n FROM user_account'))[0]?.['n'];
    }

    test('without --apply nothing is changed', async () => {
      const result = await importFile('dry.csv', 'username,organisation\ndry@example.com,Acme\n');
      assert.equal(result.code, 0, result.err);
      assert.match(result.out, /Nothing is wrong with the file. It has 1 row, and nothing was changed/);
      assert.equal(await countUsers(), 0);
    });

    test('every wrong row is named by its line, and nothing is imported', async () => {
      const text = [
        'username,organisation,roles,status,password_sha1,password_hash',
        'good@example.com,Acme,,,,',
        'no address,Acme,,,,',
        'good@example.com,Acme,,,,',
        'roles@example.com,Acme,King,,,',
        'status@example.com,Acme,,gone,,',
        'place@example.com,Nowhere,,,,',
        'hash@example.com,Acme,,,,md5:abc',
        `both@example.com,Acme,,,${sha1},${bcryptHash}`,
        'service@example.com,Acme,Service,,,',
        'comma@example.com,Acme,,,,$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
        'more@example.com,Acme,User,active,,,and more',
      ].join('\n');
      const result = await importFile('wrong.csv', text, '--apply');
      assert.equal(result.code, 1);
      for (const line of [3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
        assert.match(result.err, new RegExp(`line ${line}: `), result.err);
      assert.match(result.err, /line 12: has 7 values for 6 columns: put values with a comma into quotes/);
      assert.equal(/line 2: /.test(result.err), false);
      assert.equal(await countUsers(), 0);
    });

    test('where there is only one organisation, it need not be named', async () => {
      const result = await importFile('only.csv', 'username\nonly@example.com\n', '--apply');
      assert.equal(result.code, 0, result.err);
      const sql = "SELECT organisation_id FROM user_account WHERE username = 'only@example.com'";
      assert.equal((await queryStore(store, sql))[0]?.['organisation_id'], 1);
      const other = await server.addOrganisation('Other');
      const unclear = await importFile('unclear.csv', 'username\nunclear@example.com\n', '--apply');
      assert.equal(unclear.code, 1);
      assert.match(unclear.err, /^line 2: there are 2 organisations: say which, by --organisation or in a column/);
      const named = await importFile('named.csv', 'username\nnamed@example.com\n', '--organisation', 'Other');
      assert.equal(named.code, 0, named.err);
      await queryStore(store, `DELETE FROM organisation WHERE id = ${other.id}`);
      await queryStore(store, "DELETE FROM user_account WHERE username = 'only@example.com'");
    });

    test('an unknown column, another separator and a missing file are refused with what to do', async () => {
      const unknown = await importFile('unknown.csv', 'username,pasword\na@example.com,x\n');
      assert.match(unknown.err, /unknown columns "pasword"/);
      assert.equal(unknown.code, 1);
      const semicolons = await importFile('semicolons.csv', 'username;name\na@example.com;x\n');
      assert.match(semicolons.err, /separates its columns by semicolons, not by commas/);
      const folder = store.env['KEYWRIGHT_DATA_DIR'] ?? '';
      const read = (file: string) => runHere(commands, ['import', 'users', file], { env: store.env });
      assert.match((await read(folder)).err, /is a folder: name a file/);
      assert.match((await read(path.join(folder, 'none.csv'))).err, /does not exist/);
    });

    test('a file that is not in UTF-8 is refused, and no letter becomes another', async () => {
      for (const [name, text] of [
        ['latin1.csv', 'username,name,organisation\nutf8@example.com,Jörg,Acme\n'],
        ['latin1.ndjson', '{"username":"utf8@example.com","name":"Jörg","organisation":"Acme"}\n'],
      ] as const) {
        const refused = await importFile(name, Buffer.from(text, 'latin1'), '--apply');
        assert.deepEqual([refused.code, /is not in UTF-8: save it so/.test(refused.err)], [1, true], refused.err);
      }
      assert.equal(await countUsers(), 0);
      const taken = await importFile('utf8.csv', '\uFEFFusername,name,organisation\nutf8@example.com,Jörg,Acme\n');
      assert.equal(taken.code, 0, taken.err);
    });

    test('a SHA-1 is wrapped in Argon2id and signs in, plain and as SHA-1; it rests nowhere', async () => {
      const text = `username,name,organisation,roles,password_sha1\nsha1@example.com,Jane Doe,Acme,Administrator|Observer,${sha1.toUpperCase()}\n`;
      const result = await importFile('sha1.csv', text, '--apply');
      assert.equal(result.code, 0, result.err);
      assert.equal((await signIn('sha1@example.com', password)).status, 200);
      const tokens = await signIn('sha1@example.com', sha1);
      assert.equal(tokens.status, 200);
      const { name, roles } = (await server.call('GET', '/api/v1/user/my', { bearer: tokens.json.auth_token })).json;
      assert.deepEqual(
        [name, roles.map((role: { name: string }) => role.name)],
        ['Jane Doe', ['Administrator', 'Observer']],
      );
      assert.equal((await dumpStore(store)).toLowerCase().includes(sha1), false);
    });

    test('more SHA-1s than may wait for a hash are imported, each with the hash of its own', async () => {
      const secrets = Array.from({ length: 12 }, (_, index) => `quaint otters juggle ${index} lemons`);
      const rows = secrets.map((secret, index) => {
        const digest = createHash('sha1').update(secret).digest('hex');
        return `queued${index}@example.com,${index % 4 === 3 ? '' : digest}`;
      });
      const env = { KEYWRIGHT_HASH_CONCURRENCY: '2', KEYWRIGHT_HASH_QUEUE: '1' };
      const text = `username,password_sha1\n${rows.join('\n')}\n`;
      const result = await importWith(env, 'queued.csv', text, '--apply');
      assert.equal(result.code, 0, result.err);
      for (const index of [0, 5, 10]) {
        assert.equal((await signIn(`queued${index}@example.com`, secrets[index] ?? '')).status, 200);
      }
      assert.equal((await signIn('queued3@example.com', secrets[3] ?? '')).status, 401, 'it came without one');
    });

    test("another system's hash is kept until the first sign-in with the plain password renews it", async () => {
      const line = JSON.stringify({
        username: 'bcrypt@example.com',
        organisation: 'Acme',
        password_hash: bcryptHash,
      });
      assert.equal((await importFile('bcrypt.ndjson', `${line}\n`, '--apply')).code, 0);
      const refused = await signIn('bcrypt@example.com', sha1);
      assert.equal(refused.status, 401);
      await server.flush();
      const reasons = await queryStore(store, 'SELECT description FROM event WHERE type = 6 ORDER BY id DESC LIMIT 1');
      assert.match(reasons[0]?.['description'], /SHA-1 can't be checked against an imported hash/);
      assert.equal((await signIn('bcrypt@example.com', 'wrong password')).status, 401);
      assert.equal((await signIn('bcrypt@example.com', password)).status, 200);
      const [row] = await queryStore(
        store,
        "SELECT password_hash FROM user_account WHERE username = 'bcrypt@example.com'",
      );
      assert.match(row?.['password_hash'], /^\$argon2id\$/);
      assert.equal((await signIn('bcrypt@example.com', sha1)).status, 200, 'from then on the SHA-1 works as well');
    });

    test('who exists already is left alone, and status and pending users are taken over', async () => {
      const text = [
        'username,organisation,status,password_sha1',
        `sha1@example.com,Acme,suspended,${'0'.repeat(40)}`,
        `suspended@example.com,Acme,suspended,${sha1}`,
        'pending@example.com,Acme,pending,',
      ].join('\n');
      const dry = await importFile('again.csv', text);
      assert.match(dry.out, /Of its users 1 exists already/);
      const result = await importFile('again.csv', text, '--apply');
      assert.equal(result.out, 'Imported 2 of 3 users; 1 existed already, and were left as they are.\n');
      assert.equal((await signIn('sha1@example.com', password)).status, 200);
      assert.equal((await signIn('suspended@example.com', password)).status, 401);
    });

    test('an import that is cut off goes on where it was, and each user is an event', async () => {
      const rows = Array.from({ length: 2500 }, (_, index) => `many${index}@example.com,Acme`);
      const text = `username,organisation\n${rows.join('\n')}\n`;
      assert.equal((await importFile('many.csv', text, '--apply')).code, 0);
      // As if the process had ended after the first batch.
      await queryStore(store, "UPDATE service_value SET value = '1000' || substr(value, 5) WHERE value LIKE '2500 %'");
      await queryStore(store, "DELETE FROM user_account WHERE username LIKE 'many2%'");
      const resumed = await importFile('many.csv', text, '--apply');
      assert.match(
        resumed.err,
        /^An earlier import of this file was cut off after row 1000: it goes on from there\.$/m,
      );
      const [many] = await queryStore(store, "SELECT count(*) AS n FROM user_account WHERE username LIKE 'many%'");
      const expected = 2500 - rows.slice(0, 1000).filter((row) => row.startsWith('many2')).length;
      assert.equal(many?.['n'], expected);
      const again = await importFile('many.csv', text, '--apply');
      assert.match(again.out, /^This very file was imported before, all 2500 rows of it, so nothing was done\./);
    });

    test('for 30 days it is known how far an import came, and no longer', async () => {
      await queryStore(store, "DELETE FROM service_value WHERE name LIKE 'import %'");
      assert.equal((await importFile('known.csv', 'username\nknown@example.com\n', '--apply')).code, 0);
      const marks = async () => (await server.service.database.listImportMarks()).length;
      // A command goes by the machine's clock.
      const sql = `UPDATE service_value SET value = '1 ${server.clock.now()}' WHERE value LIKE '1 %'`;
      await queryStore(store, sql);
      server.clock.advance({ days: 30, ms: -1 });
      await tidyStore(server.service);
      assert.equal(await marks(), 1);
      server.clock.advance({ ms: 1 });
      await tidyStore(server.service);
      assert.equal(await marks(), 0);
    });

    test('KEYWRIGHT_SHA1_PASSWORDS=deny refuses a SHA-1 and takes the password itself', async () => {
      const strict = await startTestServer({ store, env: { KEYWRIGHT_SHA1_PASSWORDS: 'deny' } });
      const body = { username: 'sha1@example.com', password: sha1 };
      const denied = await strict.call('POST', '/api/v1/authenticate', { body });
      const plain = await strict.call('POST', '/api/v1/authenticate', { body: { ...body, password } });
      await strict.close();
      assert.deepEqual([denied.status, plain.status], [401, 200]);
    });

    test('right passwords that come as SHA-1 are counted by the program that sends them', async () => {
      const body = { username: 'sha1@example.com', password: sha1 };
      await server.call('POST', '/api/v1/authenticate', { body, headers: { 'user-agent': 'legacy-client/1.2 (x)' } });
      const metrics = await server.call('GET', '/metrics');
      assert.match(metrics.text, /keywright_sha1_sign_ins_total\{client="legacy-client\/1\.2"\} 1/);
    });
  });
}
