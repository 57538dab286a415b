import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type ApiOperation, readApiOperations } from '../support/api-operations.ts';
import { type BadInputScene, openBadInputScene } from '../support/bad-input-scene.ts';
import { storeKinds } from '../support/test-server.ts';

/** Whatever is no id that there could be, as it stands in a path. */
const wrongIds = [
  ...[
    '0',
    '-1',
    '+1',
    '1e3',
    '1.5',
    '0x1',
    '01',
    'NaN',
    'Infinity',
    'null',
    'undefined',
    'true',
    '[1]',
    '{}',
    '1,2',
    '1;2',
  ],
  ...['9007199254740991', '9007199254740992', '9223372036854775808', '99999999999999999999', '9'.repeat(400)],
  ...[
    '%00',
    '1%00',
    '%0d%0aX-A:1',
    '1%20',
    '%201',
    '%2e%2e',
    '..',
    '%2F',
    '1%2F2',
    '%25zz',
    '%D9%A1',
    '%EF%BC%91',
    '%E2%80%A8',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    "'%20OR%201=1--",
    '%22',
    '%3Cscript%3E',
    '*',
    '~',
    ':id',
    'x'.repeat(8000),
  ],
];

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY'];

/** Paths with each parameter as it would be for the caller's own. */
function fill(path: string, values: Readonly<Record<string, string | number>> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? (name === 'user_id' ? 'my' : 1)));
}

for (const kind of storeKinds) {
  describe(`requests that are not what they should be, on ${kind} (security G 80)`, () => {
    let scene: BadInputScene;
    let operations: readonly ApiOperation[];
    let untouched: object;

    before(async () => {
      scene = await openBadInputScene(kind);
      operations = await readApiOperations(scene.server.url);
      untouched = await scene.read();
    });
    after(() => scene.close());

    test('an id that there can not be is 404 in each path that takes one', async () => {
      let count = 0;
      for (const { method, path, body } of operations) {
        for (const [, parameter = ''] of path.matchAll(/\{(\w+)\}/g)) {
          for (const id of wrongIds) {
            const where = fill(path, { workspace_id: scene.organisationId, [parameter]: id });
            const { status, text } = await scene.send(method, where, body === undefined ? {} : { body: {} });
            // What is not the caller's to do is 403 whatever the id, and tells nothing of it.
            const isForbidden = /\/support_token$|\/default_organisation\//.test(path) && status === 403;
            assert.ok(status === 404 || isForbidden, `${method} ${where.slice(0, 100)}: ${status} ${text}`);
            count += 1;
          }
        }
      }
      assert.ok(count > 500, `${count} ids`);
      assert.deepEqual(await scene.read(), untouched);
    });

    test('a path that can not be decoded is 400', async () => {
      for (const path of [
        '/%',
        '/%zz',
        '/api/v1/%',
        '/api/v1/user/%e0%a4%a',
        '/api/v1/application_token/%ff',
        '/api/v1/user/%ed%a0%80',
      ]) {
        const { status, json } = await scene.send('GET', path);
        assert.deepEqual([status, json.error_code], [400, 1000], path);
      }
    });

    test('a filter, an order or a page that a list can not have is 422', async () => {
      const wrong = [
        ...[
          'q=nope:1',
          'q=id',
          'q=id:',
          'q=id:x',
          'q=id:1.5',
          'q=id:1e3',
          'q=id:9007199254740992',
          'q=%zz',
          'q=%00:1',
          'q=,,x',
        ],
        ...['q=:1', 'q=__proto__:1', 'q=constructor:1', 'q=toString:x', `q=${'id:1,'.repeat(40)}`, 'q=id:1&q=nope:1'],
        ...[
          'page=x',
          'page=1.5',
          'page=1e3',
          'page=1&page=2',
          'page=%00',
          'page=0x1',
          'per_page=x',
          'per_page=1&per_page=1',
        ],
      ].map((query) => [query, 1301] as const);
      const unsortable = ['nope', '-', '--id', '-nope', 'id,nope', '__proto__', 'constructor', 'id;', 'id%00', 'ID'];
      const all = [...wrong, ...unsortable.map((order) => [`sort=${order}`, 1302] as const)];
      for (const { path, query } of operations.filter((operation) => operation.query.includes('q'))) {
        for (const [parameters, code] of all) {
          const { status, json, text } = await scene.send('GET', `${fill(path)}?${parameters}`);
          assert.deepEqual([status, json.error_code], [422, code], `${path}?${parameters}: ${text}`);
        }
        assert.ok(query.includes('sort'), path);
      }
    });

    test('a page out of range is moved into it, and what nobody knows in a query is passed over', async () => {
      const path = '/api/v1/application_token';
      const pages = ['0', '-1', '-99999999999999999999', '1', '2', '99999999999999999999999999', '9'.repeat(300)];
      for (const page of pages) {
        const { status, headers } = await scene.send('GET', `${path}?page=${page}`);
        assert.deepEqual([status, headers['x-current-page'], headers['x-total-pages']], [200, '1', '1'], page);
      }
      for (const [given, expected] of [
        ['0', '100'],
        ['-5', '100'],
        ['', '100'],
        ['1', '1'],
        ['1000', '1000'],
        ['1001', '1000'],
        ['99999999999999999999', '1000'],
      ] as const) {
        const { status, headers } = await scene.send('GET', `${path}?per_page=${given}`);
        assert.deepEqual([status, headers['x-count-per-page']], [200, expected], given);
      }
      const strange = [
        '%zz',
        '&&&',
        '=&=',
        'a=%ff',
        'q[]=id:1',
        'q[a]=1',
        '__proto__[x]=1',
        'constructor=1',
        '?',
        'x=1#y',
        `${'a=b&'.repeat(2000)}`,
      ];
      for (const query of strange) {
        const { status, json } = await scene.send('GET', `${path}?${query}`);
        assert.deepEqual([status, json.length], [200, 1], query);
      }
    });

    test('after all of it the server answers, nothing is lost, and no failure was logged', async () => {
      assert.deepEqual(await scene.read(), untouched);
      await scene.requireIntact();
    });
  });
}

describe('methods, media types and headers that are not what they should be (security G 80)', () => {
  let scene: BadInputScene;
  let operations: readonly ApiOperation[];

  before(async () => {
    scene = await openBadInputScene('sqlite');
    operations = await readApiOperations(scene.server.url);
  });
  after(() => scene.close());

  test('each path is 405 with Allow for the methods that it does not take, under v1 and v2', async () => {
    /** What stands at a path, its own and what has a parameter there; v2 has what v1 has, but for what it has itself. */
    const takenAt = (where: string): Set<string> => {
      const fits = (path: string, asked: string) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked);
      const v1 = where.replace('/api/v2/', '/api/v1/');
      const fitting = operations.filter(({ path }) => fits(path, where) || fits(path, v1));
      return new Set(fitting.map(({ method }) => method));
    };
    // Proxies ask for others by whatever method those use.
    const each = operations.filter(({ id }) => id !== 'authoriseForwarded');
    const paths = each.flatMap(({ path }) => [fill(path), fill(path).replace('/api/v1/', '/api/v2/')]);
    for (const where of new Set(paths)) {
      const taken = takenAt(where);
      const options = await scene.send('OPTIONS', where);
      const expected = [...taken, ...(taken.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
      assert.deepEqual(
        [options.status, String(options.headers.allow).split(', ').sort()],
        [204, expected.sort()],
        where,
      );
      for (const method of methods.filter((each) => !taken.has(each))) {
        const { status, json, headers } = await scene.send(method, where);
        const error = where.startsWith('/oauth2/') ? 'invalid_request' : 1202;
        assert.deepEqual(
          [status, json.error_code ?? json.error, headers.allow],
          [405, error, options.headers.allow],
          where,
        );
      }
    }
  });

  test('a body in another form than JSON in UTF-8 is 415 for each operation that takes one', async () => {
    const types = [
      ...[
        'text/plain',
        'text/json',
        'application/jsonp',
        'application/json+x',
        'application/vnd.api+json',
        'application/ json',
      ],
      ...[
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        '*/*',
        'json',
        '',
        'application/json, text/plain',
      ],
      ...[
        'application/json; charset=latin1',
        'application/json; charset=utf-16',
        'application/json; charset=',
        'application/json;charset="utf-16"',
      ],
      ...['application/json; charset=utf-8; charset=utf-7', `application/${'x'.repeat(5000)}`, '\u00e9'],
    ].map((type) => ({ 'content-type': type }));
    const encodings = ['gzip', 'br', 'deflate', 'x-gzip', '', 'identity, gzip', 'gzip, identity'].map((encoding) => ({
      'content-encoding': encoding,
    }));
    for (const { id, method, path, ...operation } of operations.filter(({ body }) => body !== undefined)) {
      for (const wrong of [...types, ...encodings]) {
        const headers = { ...operation.headers, ...wrong };
        const body = Object.hasOwn(wrong, 'content-encoding') ? gzipSync('{}') : '{}';
        const { status, json } = await scene.send(method, fill(path), { headers, body });
        assert.deepEqual([status, json.error_code], [415, 1204], `${id} ${JSON.stringify(headers).slice(0, 100)}`);
      }
    }
  });

  test('JSON in UTF-8 is taken, however its media type is written', async () => {
    const path = `/api/v1/application_token/${scene.tokenId}`;
    const types = [
      'application/json',
      'APPLICATION/JSON',
      'application/json;',
      'application/json ; charset=utf-8',
      'application/json;charset="UTF-8"',
      'application/json; charset=utf8',
      'application/json; x=y',
    ];
    for (const type of types) {
      const answer = await scene.send('PATCH', path, { body: '{}', headers: { 'content-type': type } });
      assert.equal(answer.status, 204, `${type}: ${answer.text}`);
    }
    const identity = await scene.send('PATCH', path, { body: '{}', headers: { 'content-encoding': 'identity' } });
    assert.equal(identity.status, 204);
  });

  test('an Authorization header that is not exactly one bearer token is 401 with a challenge', async () => {
    const { bearer } = scene;
    const wrong = [
      ...[
        '',
        'Bearer',
        'Bearer ',
        'Bearer x',
        'Bearer null',
        'Basic YTpi',
        'Digest x',
        'Token x',
        'Bearer=x',
        'bearer,x',
      ],
      ...[
        bearer,
        `Token ${bearer}`,
        `Bearer\t${bearer}`,
        `Bearer ${bearer},`,
        `Bearer "${bearer}"`,
        `Bearer ${bearer} ${bearer}`,
      ],
      ...[
        `Bearer ${bearer}, Bearer ${bearer}`,
        `Bearer: ${bearer}`,
        `Bearer ${bearer}\u00e9`,
        `Bearer ${bearer.slice(0, -1)}`,
      ],
      ...[
        `Bearer ${bearer}.x`,
        `Bearer ${bearer.toUpperCase()}`,
        `Bearer ${'.'.repeat(9000)}`,
        `Bearer ${'a'.repeat(9000)}`,
        'Bearer ..',
      ],
    ];
    const paths = operations
      .filter(({ isPublic, method }) => !isPublic && method === 'GET')
      .map(({ path }) => fill(path));
    for (const [index, authorization] of wrong.entries()) {
      const path = paths[index % paths.length] ?? '';
      const answer = await scene.send('GET', path, { bearer: undefined, headers: { authorization } });
      assert.deepEqual([answer.status, answer.json.error_code], [401, 1102], authorization.slice(0, 60));
      assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer realm="Keywright"/);
    }
    const twice = await scene.send('GET', '/api/v1/user/my', {
      bearer: undefined,
      headers: { authorization: [`Bearer ${bearer}`, `Bearer ${bearer}`] },
    });
    assert.equal(twice.status, 401, 'twice');
    for (const spelling of ['bearer', 'BEARER', 'Bearer  ']) {
      const answer = await scene.send('GET', '/api/v1/user/my', {
        bearer: undefined,
        headers: { authorization: `${spelling} ${bearer}` },
      });
      assert.equal(answer.status, 200, spelling);
    }
  });

  test('a header within 16 KiB is read, and a larger one is 431', async () => {
    const path = '/api/v1/user/my';
    const long = (size: number) => scene.send('GET', path, { headers: { 'x-long': 'x'.repeat(size) } });
    assert.equal((await long(14_000)).status, 200);
    assert.deepEqual([(await long(17_000)).status, (await long(60_000)).status], [431, 431]);
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, '1']));
    assert.equal((await scene.send('GET', path, { headers: many(300) })).status, 200);
    assert.equal((await scene.send('GET', path, { headers: many(3000) })).status, 431);
    assert.equal((await scene.send('GET', `${path}?${'x'.repeat(14_000)}`)).status, 200);
    assert.equal((await scene.send('GET', `${path}?${'x'.repeat(17_000)}`)).status, 431);
  });

  test('after all of it the server answers, nothing is lost, and no failure was logged', () => scene.requireIntact());
});
