import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { endCommand, type ServingCommand, startServing } from '../support/command-line.ts';
import { type Expectation, findBlocks, pasteAndCheck } from '../support/pasted-page.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/accounts.md'), 'utf8');

const keysOf = (json: string): string[] => Object.keys(JSON.parse(json)).sort();
const silent = (output: string): void => assert.equal(output, '');
const bothTokens = (output: string): void => assert.deepEqual(keysOf(output), ['auth_token', 'refresh_token']);

const expectations: readonly Expectation[] = [
  { block: /^totp\(\) \{/, check: silent },
  { block: /^API=/, check: silent },
  { block: /^curl -s -X PATCH /, check: silent },
  {
    block: /^curl -s \S+\/authenticate (?![^\n]*fingerprint)/,
    check: (output) => assert.deepEqual(keysOf(output), ['mfa_token']),
  },
  { block: /^MFA_TOKEN=/, check: silent },
  { block: /"fingerprint": "5b0a6d1f3c9e4b1a"\}'\n$/, check: bothTokens },
  {
    block: /recovery_code/,
    check(output) {
      const { recovery_codes: codes } = JSON.parse(output);
      assert.equal(codes.length, 10);
    },
  },
  { block: /^curl -s -X DELETE /, check: bothTokens },
];

let server: ServingCommand | undefined;

before(async () => {
  server = await startServing(['--demo']);
});
after(() => endCommand(server));

test('every line about the second factor works as it is pasted, in order, into one shell', async () => {
  await pasteAndCheck(findBlocks(page), expectations, { serverUrl: server?.url ?? '' });
});
