import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { endCommand, runCommandLine, type ServingCommand, startServing } from '../support/command-line.ts';
import { type Expectation, findBlocks, pasteAndCheck } from '../support/pasted-page.ts';
import { createTestStore, storeKinds } from '../support/test-server.ts';

const root = path.resolve(import.meta.dirname, '../..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const demo = { username: 'user@domain.com', password: 'The quick brown fox jumps over the lazy dog' };

/** The shell blocks that are to be pasted while the demo runs; the two commands that set up and start are before them. */
const blocks = findBlocks(readme.slice(readme.indexOf('## Try it')));

const keysOf = (json: string): string[] => Object.keys(JSON.parse(json)).sort();
const silent = (output: string): void => assert.equal(output, '');

const expectations: readonly Expectation[] = [
  {
    block: /^curl .*"password": "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"/,
    check: (output) => assert.deepEqual(keysOf(output), ['auth_token', 'refresh_token']),
  },
  { block: /^PASSWORD_SHA1=/, check: silent },
  { block: /user\/my/, check: (output) => assert.equal(JSON.parse(output).username, demo.username) },
  { block: /-d '\{"refresh_token"/, check: (output) => assert.deepEqual(keysOf(output), ['auth_token']) },
  { block: /^EXPIRY_DATE=/, check: silent },
  {
    block: /^curl [^\n]*-d '\{"application_token"[^\n]*\n$/,
    check: (output) => assert.deepEqual(keysOf(output), ['auth_token']),
  },
  {
    block: /sort=-created/,
    check(output) {
      const [token] = JSON.parse(output);
      assert.deepEqual([token.description, token.status.id], ['Token with expiry date', 0]);
      assert.match(token.expiry_date, /^\d{4}-10-29T00:00:00\.000Z$/);
    },
  },
  { block: /\/rotate/, check: (output) => assert.deepEqual(keysOf(output), ['application_token', 'id']) },
  {
    block: /-X PATCH/,
    // The change itself answers without a body.
    check: (output) => assert.equal(JSON.parse(output).error_code, 1102),
  },
  {
    block: /npx keywright user add/,
    check(output) {
      assert.match(output, /^User \d+, you@example\.com, is active as Administrator of /);
      assert.match(output, /KEYWRIGHT_DATA_DIR/);
    },
  },
];

describe('the README', () => {
  let folder: string;
  let server: ServingCommand | undefined;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'keywright-readme-'));
    server = await startServing(['--demo']);
  });
  after(async () => {
    await endCommand(server);
    rmSync(folder, { recursive: true, force: true });
  });

  test('it leads with the two commands', () => {
    const [start, check] = [...readme.matchAll(/```sh\n([^`]+)```/g)].map(([, text]) => text);
    assert.deepEqual([start, check], ['npm ci && npm start\n', 'npm ci && npm test\n']);
  });

  test('every line of it works as it is pasted, in order, into one shell', async () => {
    await pasteAndCheck(blocks, expectations, {
      serverUrl: server?.url ?? '',
      env: { KEYWRIGHT_DATA_DIR: path.join(folder, 'data'), npm_config_update_notifier: 'false' },
    });
  });
});

/** Statements about the public guide's flows that others may have put beside the project; without them ours stand alone. */
const documentedFlows = path.resolve(root, '../shared/acceptance/documented-flows.mjs');

if (existsSync(documentedFlows)) {
  for (const kind of storeKinds) {
    test(`the documented flows pass against a freshly started server on ${kind}`, async (t) => {
      const store = await createTestStore(kind);
      t.after(() => store.remove());
      const added = await runCommandLine(
        ['user', 'add', demo.username, '--role', 'Administrator', '--password-stdin'],
        {
          env: store.env,
          input: demo.password,
        },
      );
      assert.equal(added.code, 0, added.err);
      const server = await startServing([], store.env);
      t.after(() => endCommand(server));
      const env = {
        PATH: process.env['PATH'] ?? '',
        BASE_URL: server.url,
        USERNAME: demo.username,
        PASSWORD: demo.password,
      };
      const child = spawn(process.execPath, [documentedFlows], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      assert.deepEqual(await once(child, 'close'), [0, null], output);
      assert.match(output, /\n\d\d passed, 0 failed\n$/);
    });
  }
}
