import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type BadInputScene, openBadInputScene } from '../support/bad-input-scene.ts';
import { requireClearAnswer } from '../support/probe.ts';
import { exchangeRaw, type RawAnswer } from '../support/raw-connection.ts';

const lines = (...texts: string[]): string => `${texts.join('\r\n')}\r\n\r\n`;
const get = (...headers: string[]): string => lines('GET /healthz HTTP/1.1', 'Host: x', ...headers);
const post = (...headers: string[]): string =>
  lines('POST /api/v1/authenticate HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers);
const chunked = 'Transfer-Encoding: chunked';
const end = '0\r\n\r\n';
const body = `2\r\n{}\r\n${end}`;

/** Requests of which somebody between us and the client may see another end, another addressee, or another form. */
const ambiguous: Readonly<Record<string, string>> = {
  'Content-Length and Transfer-Encoding': `${post('Content-Length: 5', chunked)}${end}`,
  'Transfer-Encoding and Content-Length': `${post(chunked, 'Content-Length: 5')}${end}`,
  'Transfer-Encoding in another case, and Content-Length': `${post('tRANSFER-eNCODING: CHUNKED', 'Content-Length: 5')}${end}`,
  'two different lengths': `${post('Content-Length: 2', 'Content-Length: 40')}{}`,
  'the same length twice': `${post('Content-Length: 2', 'Content-Length: 2')}{}`,
  'a list of lengths': `${post('Content-Length: 2, 2')}{}`,
  'a length with a sign': `${post('Content-Length: +2')}{}`,
  'a negative length': `${post('Content-Length: -2')}{}`,
  'a hexadecimal length': `${post('Content-Length: 0x2')}{}`,
  'a length with a space in it': `${post('Content-Length: 2 2')}{}`,
  'a length with a space before its colon': `${post('Content-Length : 2')}{}`,
  'an empty length': `${post('Content-Length: ')}{}`,
  'a length beyond every number': `${post('Content-Length: 99999999999999999999999')}{}`,
  'chunked twice': `${post(chunked, chunked)}${body}`,
  'a list of chunked': `${post('Transfer-Encoding: chunked, chunked')}${body}`,
  'identity before chunked': `${post('Transfer-Encoding: identity, chunked')}${body}`,
  'identity after chunked': `${post('Transfer-Encoding: chunked, identity')}${body}`,
  'identity alone': `${post('Transfer-Encoding: identity')}{}`,
  'gzip below chunked': `${post('Transfer-Encoding: gzip, chunked')}${body}`,
  'a coding that only looks like chunked': `${post('Transfer-Encoding: xchunked')}${body}`,
  'chunked in quotes': `${post('Transfer-Encoding: "chunked"')}${body}`,
  'chunked with a parameter': `${post('Transfer-Encoding: chunked;q=1')}${body}`,
  'chunked after a vertical tab': `${post('Transfer-Encoding: \x0bchunked')}${body}`,
  'no coding': `${post('Transfer-Encoding: ')}${body}`,
  'a coding with a space before its colon': `${post('Transfer-Encoding : chunked')}${body}`,
  'a coding on a line of its own': `${post('Transfer-Encoding:', ' chunked')}${body}`,
  'a coding behind a bare carriage return': `${post(`X-A: y\r${chunked}`)}${body}`,
  'a coding behind a bare line feed': `${post(`X-A: y\n${chunked}`)}${body}`,
  'a coding in HTTP/1.0': `${post(chunked, 'Connection: keep-alive').replace('HTTP/1.1', 'HTTP/1.0')}${body}`,
  'a chunk size with 0x': `${post(chunked)}0x2\r\n{}\r\n${end}`,
  'a chunk size with a sign': `${post(chunked)}+2\r\n{}\r\n${end}`,
  'a negative chunk size': `${post(chunked)}-2\r\n{}\r\n${end}`,
  'a chunk size with a space': `${post(chunked)}2 \r\n{}\r\n${end}`,
  'a chunk size that is none': `${post(chunked)}g\r\n{}\r\n${end}`,
  'a chunk size beyond every number': `${post(chunked)}ffffffffffffffffff\r\n{}\r\n${end}`,
  'chunks with bare line feeds': `${post(chunked)}2\n{}\n0\n\n`,
  'a chunk extension with a bare line feed': `${post(chunked)}2;a\nb\r\n{}\r\n${end}`,
  'a chunk that is longer than its size': `${post(chunked)}2\r\n{}x\r\n${end}`,
  'a chunk without its line end': `${post(chunked)}2\r\n{}${end}`,
  'a trailer that would be a length': `${post(chunked)}2\r\n{}\r\n0\r\nContent-Length: 3\r\n\r\n`,
  'a trailer without a colon': `${post(chunked)}2\r\n{}\r\n0\r\nX y\r\n\r\n`,
  'bare line feeds throughout': 'GET /healthz HTTP/1.1\nHost: x\n\n',
  'bare carriage returns throughout': 'GET /healthz HTTP/1.1\rHost: x\r\r',
  'NUL in a name': get('X\0A: y'),
  'NUL in a value': get('X-A: y\0z'),
  'a header without a name': get(': y'),
  'a header without a colon': get('hello'),
  'a folded header': get('X-A: y', ' z'),
  'a header folded before the first': lines('GET /healthz HTTP/1.1', ' Host: x'),
  'a name that is no token': get('X(A): y'),
  'a name beyond ASCII': get('X-\xe9: y'),
  'two Hosts': get('Host: y'),
  'the same Host twice': get('hOST: x'),
  'a Host with a path': lines('GET /healthz HTTP/1.1', 'Host: x/y'),
  'a Host with a space': lines('GET /healthz HTTP/1.1', 'Host: x y'),
  'a Host with a user': lines('GET /healthz HTTP/1.1', 'Host: a@x'),
  'no version': lines('GET /healthz'),
  'HTTP/1.2': lines('GET /healthz HTTP/1.2', 'Host: x'),
  'HTTP/9.9': lines('GET /healthz HTTP/9.9', 'Host: x'),
  'HTTP/2 at once': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a version in small letters': lines('GET /healthz http/1.1', 'Host: x'),
  'a method in small letters': lines('get /healthz HTTP/1.1', 'Host: x'),
  'a method that there is not': lines('FOO /healthz HTTP/1.1', 'Host: x'),
  'a path with a space': lines('GET /healthz x HTTP/1.1', 'Host: x'),
  'tabs for spaces': lines('GET\t/healthz\tHTTP/1.1', 'Host: x'),
  'a path with a control character': lines('GET /\x01 HTTP/1.1', 'Host: x'),
  'a path with NUL': lines('GET /\0 HTTP/1.1', 'Host: x'),
  'a path beyond ASCII': lines('GET /\xff\xfe HTTP/1.1', 'Host: x'),
  'an authority for a path': lines('GET x:80 HTTP/1.1', 'Host: x'),
  'a greeting of TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'something else than HTTP': 'EHLO example.com\r\n',
};

/** Requests that look odd and mean one thing alone, with the status of their answer. */
const odd: Readonly<Record<string, readonly [request: string, status: number]>> = {
  'chunked in capitals': [`${post('TRANSFER-ENCODING: CHUNKED')}${body}`, 400],
  'chunked after a tab': [`${post('Transfer-Encoding:\tchunked')}${body}`, 400],
  'a chunk extension': [`${post(chunked)}2;a=b\r\n{}\r\n${end}`, 400],
  'a trailer': [`${post(chunked)}2\r\n{}\r\n0\r\nX-A: b\r\n\r\n`, 400],
  'a name that only looks like Content-Length': [post('Content_Length: 5'), 400],
  'no Host': [lines('GET /healthz HTTP/1.1'), 400],
  'an empty Host': [lines('GET /healthz HTTP/1.1', 'Host:'), 200],
  'a Host with a port': [lines('GET /healthz HTTP/1.1', 'Host: [::1]:8080'), 200],
  'the whole URL': [lines('GET http://elsewhere.example/healthz HTTP/1.1', 'Host: x'), 200],
  'the whole URL of nothing': [lines('GET http://elsewhere.example/nope HTTP/1.1', 'Host: x'), 404],
  'the whole URL with another method': [lines('PUT http://elsewhere.example/healthz HTTP/1.1', 'Host: x'), 405],
  'a URL without a path': [lines('PUT http://elsewhere.example HTTP/1.1', 'Host: x'), 405],
  'a URL of another scheme': [lines('GET ftp://x/healthz HTTP/1.1', 'Host: x'), 404],
  'an asterisk': [lines('OPTIONS * HTTP/1.1', 'Host: x'), 204],
  TRACE: [lines('TRACE /healthz HTTP/1.1', 'Host: x'), 405],
  'a fragment': [lines('GET /healthz#x HTTP/1.1', 'Host: x'), 200],
  'empty lines before it': [`\r\n\r\n${get()}`, 200],
  'a GET with a body': [`${get('Content-Length: 5')}hello`, 200],
  'an expectation that nobody knows': [`${post('Expect: 200-maybe', 'Content-Length: 2')}{}`, 400],
};

describe('connections (security G 81)', () => {
  let scene: BadInputScene;
  let untouched: object;
  /** Makes an application token, if it is ever taken for a request. */
  let smuggled: string;

  before(async () => {
    scene = await openBadInputScene('sqlite');
    untouched = await scene.read();
    const headers = [
      'Host: x',
      `Authorization: Bearer ${scene.bearer}`,
      'Content-Type: application/json',
      'Content-Length: 2',
    ];
    smuggled = `${lines('POST /api/v1/application_token HTTP/1.1', ...headers)}{}`;
  });
  after(() => scene.close());

  function requireClear(answer: RawAnswer | undefined, what: string): void {
    assert.ok(answer, `${what} has an answer`);
    requireClearAnswer({ ...answer, json: parse(answer.text) }, what);
  }

  test('what can be read in two ways gets one answer and the end of its connection, and nothing behind it is done', async () => {
    for (const [what, request] of Object.entries(ambiguous)) {
      const { answers, isClosed } = await exchangeRaw(scene.server.url, request + smuggled);
      assert.deepEqual([answers.length, isClosed], [1, true], what);
      requireClear(answers[0], what);
      assert.equal(answers[0]?.status, 400, what);
      assert.equal(answers[0]?.headers['connection'], 'close', what);
    }
    assert.deepEqual(await scene.read(), untouched);
  });

  test('what looks odd and means one thing is answered, and so is what comes behind it', async () => {
    for (const [what, [request, status]] of Object.entries(odd)) {
      const { answers, isClosed } = await exchangeRaw(scene.server.url, request + get(), 2);
      assert.deepEqual([answers.map((answer) => answer.status), isClosed], [[status, 200], false], what);
      for (const answer of answers) requireClear(answer, what);
    }
  });

  test('requests that come together are answered in their order', async () => {
    const unknown = lines('GET /nope HTTP/1.1', 'Host: x');
    const refused = `${post('Content-Length: 1')}{`;
    const together = [get(), unknown, refused, get(), `${post('Content-Length: 2')}{}`, unknown];
    const { answers, isClosed } = await exchangeRaw(scene.server.url, together.join(''), together.length);
    assert.deepEqual([answers.map(({ status }) => status), isClosed], [[200, 404, 400, 200, 400, 404], false]);
    const ids = answers.map(({ headers }) => headers['x-request-id']);
    assert.equal(new Set(ids).size, together.length);
  });

  test('a client that says it closes, or speaks HTTP/1.0, gets one answer and the end of its connection', async () => {
    for (const request of [
      get('Connection: close'),
      lines('GET /healthz HTTP/1.0'),
      lines('GET /healthz HTTP/1.0', 'Host: x'),
    ]) {
      const { answers, isClosed } = await exchangeRaw(scene.server.url, request);
      assert.deepEqual([answers.map(({ status }) => status), isClosed], [[200], true], request);
    }
  });

  test('another protocol is not spoken: CONNECT is refused, an upgrade is passed over, and both connections end', async () => {
    const upgrades = [
      get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'),
      get('Connection: keep-alive, upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: x'),
    ];
    for (const request of [...upgrades, lines('CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443')]) {
      const { answers, isClosed } = await exchangeRaw(scene.server.url, request + smuggled);
      assert.deepEqual([answers.length, isClosed], [1, true], request);
      requireClear(answers[0], request);
      assert.equal(answers[0]?.status, request.startsWith('CONNECT') ? 405 : 200);
      assert.equal(answers[0]?.headers['connection'], 'close', request);
    }
    assert.deepEqual(await scene.read(), untouched);
  });

  test('a body that is too large, or broken behind an early answer, gets one answer and the end of its connection', async () => {
    const nowhere = lines('POST /nope HTTP/1.1', 'Host: x', chunked);
    const cases = [
      [`${post('Content-Length: 300000')}${'x'.repeat(300_000)}`, 413],
      [`${post(chunked)}493e0\r\n${'x'.repeat(300_000)}\r\n${end}`, 413],
      [`${nowhere}493e0\r\n${'x'.repeat(300_000)}\r\n${end}`, 404],
      [`${nowhere}no size\r\n`, 404],
    ] as const;
    for (const [request, status] of cases) {
      const { answers, isClosed } = await exchangeRaw(scene.server.url, request + smuggled);
      assert.deepEqual([answers.map((answer) => answer.status), isClosed], [[status], true], request.slice(0, 100));
      requireClear(answers[0], request.slice(0, 100));
    }
    assert.deepEqual(await scene.read(), untouched);
  });

  test('after all of it the server answers, nothing is lost, and no failure was logged', () => scene.requireIntact());
});

function parse(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text);
}
