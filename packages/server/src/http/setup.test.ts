import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Service } from '../domain/service.ts';
import { createMetrics } from './metrics.ts';
import { buildHttp } from './server.ts';

const goodKey = 'the-key';
const goodKeyHash = createHash('sha256').update(goodKey).digest();

/** A service that is not set up, whose one good key is `the-key`; it notes what is made. */
function build(users = 0) {
  const made: string[] = [];
  const lines: object[] = [];
  const log = (fields: object) => void lines.push(fields);
  const unlimited = { check: () => 0, hit: () => 0, size: 0 };
  const stores = {
    lock: async () => undefined,
    hasUsers: async () => users > 0,
    hasSetupKey: async (hash: Uint8Array) => users === 0 && goodKeyHash.equals(hash),
    deleteSetupKeys: async () => undefined,
    insertOrganisation: async (organisation: { name: string }) => ({ id: 1, ...organisation }),
    insertUser: async (user: { username: string }) => {
      made.push(user.username);
      return { id: 1, ...user };
    },
    upsertAssignment: async () => undefined,
    appendEvents: async () => undefined,
  };
  const service = {
    settings: { publicUrl: () => 'https://keywright.test', audience: () => 'x', authTokenMinutes: 240 },
    clock: { now: () => 0, monotonic: () => 0 },
    random: { bytes: (count: number) => new Uint8Array(count) },
    log: { debug: log, info: log, warn: log, error: log },
    database: { ...stores, transaction: async (work: (given: object) => Promise<unknown>) => work(stores) },
    passwords: { hash: async () => 'hashed' },
    commonPasswords: { has: async () => false },
    limits: { attempts: unlimited, failures: unlimited, exchanges: unlimited, calls: unlimited },
    revocations: { close: () => undefined },
    streams: { size: 0 },
    hashQueue: { waiting: 0, active: 0 },
  };
  const metrics = createMetrics({ version: '1.2.3', ofProcess: false });
  return { app: buildHttp(service as unknown as Service, { version: '1.2.3', metrics }), made, lines };
}

async function inject(app: FastifyInstance, options: InjectOptions | string) {
  return app.inject(options);
}

const form = (fields: Record<string, string>): InjectOptions => ({
  method: 'POST',
  url: '/setup',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  payload: new URLSearchParams(fields).toString(),
});

const filled = {
  setup_key: goodKey,
  organisation: 'Example <Ltd>',
  name: 'Anna',
  username: 'anna@example.com',
  password: 'correct horse battery',
};

test('whoever prefers German is asked, corrected and answered in it', async (t) => {
  const { app, made } = build();
  t.after(() => app.close());
  const headers = { 'accept-language': 'de-AT,en;q=0.5' };
  const send = (fields: Record<string, string>) => {
    const posted = form(fields);
    return inject(app, { ...posted, headers: { ...posted.headers, ...headers } });
  };
  const asked = await inject(app, { url: '/setup?setup_key=x', headers });
  assert.match(asked.body, /<html lang="de">[\s\S]*<label for="password">Passwort</);
  const mistakes = {
    name: 'Dieser Name geht nicht',
    username: 'Das ist keine',
    password: 'Dieses Passwort ist zu kurz',
  };
  for (const [name, said] of Object.entries(mistakes)) {
    const { statusCode, body } = await send({ ...filled, [name]: 'x'.repeat(name === 'name' ? 1000 : 3) });
    assert.deepEqual(
      [statusCode, body.includes('Bitte berichtigen Sie'), body.includes(said)],
      [422, true, true],
      name,
    );
    assert.doesNotMatch(body, /must|Please/);
  }
  const bad = await send({ ...filled, setup_key: 'other' });
  assert.deepEqual([bad.statusCode, bad.body.includes('Dieser Link ist nicht gültig')], [401, true]);
  assert.deepEqual(made, []);
  assert.match((await send(filled)).body, /Keywright ist bereit/);
  assert.deepEqual(made, [filled.username]);
});

test('the form carries the key of the link, escaped, in a page without script that is not kept', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const { statusCode, headers, body } = await inject(app, '/setup?setup_key=%22%3E%3Cb%3E');
  assert.equal(statusCode, 200);
  assert.match(body, /<input type="hidden" name="setup_key" value="&quot;&gt;&lt;b&gt;">/);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
  assert.doesNotMatch(body, /<script|lacks its key/);
  for (const [, id] of body.matchAll(/<label for="(\w+)">/g))
    assert.match(body, new RegExp(`<input id="${id}" name="${id}"`));
  assert.match((await inject(app, '/setup')).body, /lacks its key/);
});

test('the filled form makes the administrator and says what to do next', async (t) => {
  const { app, made } = build();
  t.after(() => app.close());
  const { statusCode, body } = await inject(app, form(filled));
  assert.equal(statusCode, 200);
  assert.deepEqual(made, ['anna@example.com']);
  assert.match(body, /Keywright is ready/);
  assert.match(body, /https:\/\/keywright\.test\/api\/v1\/authenticate/);
  assert.doesNotMatch(body, /correct horse/);
});

test('what is wrong with the form stands beside its fields, and the password is not sent back', async (t) => {
  const { app, made } = build();
  t.after(() => app.close());
  const { statusCode, body } = await inject(app, form({ ...filled, username: '', password: 'short', name: '"><b>' }));
  assert.equal(statusCode, 422);
  assert.deepEqual(made, []);
  assert.match(
    body,
    /<input id="username"[^>]* aria-invalid="true">\n<span class="hint" id="username-hint"><span class="bad">E-mail address /,
  );
  assert.match(body, /value="&quot;&gt;&lt;b&gt;"/);
  assert.match(body, /name="setup_key" value="the-key"/);
  assert.doesNotMatch(body, /short/);
  assert.match(body, /role="alert"/);
});

test('a password that is refused says why beside the password', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const { statusCode, body } = await inject(app, form({ ...filled, password: 'short' }));
  assert.equal(statusCode, 422);
  assert.match(body, /<input id="password"[^>]* value=""[^>]* aria-invalid="true">\n[^\n]*<span class="bad">Password /);
});

test('a wrong key makes nothing, by the form and by the API', async (t) => {
  const { app, made, lines } = build();
  t.after(() => app.close());
  const page = await inject(app, form({ ...filled, setup_key: 'wrong-key' }));
  assert.equal(page.statusCode, 401);
  assert.match(page.body, /role="alert"/);
  const call = { method: 'POST', url: '/api/v1/setup', payload: { ...filled, setup_key: 'wrong-key' } } as const;
  assert.equal((await inject(app, call)).statusCode, 401);
  const keyless = { method: 'POST', url: '/api/v1/setup', payload: { name: 5 } } as const;
  assert.equal((await inject(app, keyless)).statusCode, 422);
  assert.deepEqual(made, []);
  assert.doesNotMatch(JSON.stringify(lines), /wrong-key|correct horse/);
});

test('the API sets up with the same properties, and answers 204', async (t) => {
  const { app, made } = build();
  t.after(() => app.close());
  const answer = await inject(app, { method: 'POST', url: '/api/v1/setup', payload: filled });
  assert.equal(answer.statusCode, 204);
  assert.deepEqual(made, ['anna@example.com']);
});

test('once there is a user the page says so, whatever key comes with it', async (t) => {
  const { app, made } = build(1);
  t.after(() => app.close());
  for (const request of ['/setup?setup_key=the-key', form(filled)]) {
    const { statusCode, body } = await inject(app, request);
    assert.equal(statusCode, 200);
    assert.match(body, /Keywright is set up/);
    assert.doesNotMatch(body, /<form/);
  }
  assert.deepEqual(made, []);
});

test('the page takes the body of a form and no other, the API takes JSON and no form', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const json = { method: 'POST', url: '/setup', payload: filled } as const;
  assert.equal((await inject(app, json)).statusCode, 415);
  assert.equal((await inject(app, { ...form(filled), url: '/api/v1/setup' })).statusCode, 415);
});
