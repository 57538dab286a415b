import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { dictionary } from '@zxcvbn-ts/language-common';
import { buildCommonPasswords } from '../../../scripts/common-passwords.ts';
import { commonPasswordsFile, createCommonPasswords, entryBytes } from './common-passwords.ts';

const sha1Of = (text: string): string => hash('sha1', text, 'hex');

test('the shipped list of common passwords is the one that its script makes', async () => {
  assert.ok((await readFile(commonPasswordsFile)).equals(buildCommonPasswords()), 'node scripts/common-passwords.ts');
});

test('the list holds more than 30 000 passwords, each found by its SHA-1, and with a capital too (security A 8, 15)', async () => {
  const passwords = dictionary['passwords-common'];
  assert.ok(passwords.length > 30_000);
  const list = createCommonPasswords();
  for (const password of passwords) assert.equal(await list.has(sha1Of(password)), true, password);
  for (const password of ['Password1', 'Letmein', 'Qwertyuiop']) assert.equal(await list.has(sha1Of(password)), true);
});

test('a password that is not in the list is not found, whatever it begins or ends with', async () => {
  const list = createCommonPasswords();
  for (const password of ['password and more of it', 'a password', ' 12345678', 'quaint otters juggle lemons']) {
    assert.equal(await list.has(sha1Of(password)), false, password);
  }
});

test('the entries at both ends of the list, and those beyond them, are judged rightly', async () => {
  const file = await readFile(commonPasswordsFile);
  const list = createCommonPasswords();
  const rest = '0'.repeat(40 - 2 * entryBytes);
  assert.equal(await list.has(file.subarray(0, entryBytes).toString('hex') + rest), true);
  assert.equal(await list.has(file.subarray(-entryBytes).toString('hex') + rest), true);
  assert.equal(await list.has('0'.repeat(40)), false);
  assert.equal(await list.has('f'.repeat(40)), false);
});
