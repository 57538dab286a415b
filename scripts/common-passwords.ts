/**
 * Makes the shipped list of common passwords anew: `node scripts/common-passwords.ts`.
 *
 * Each entry is the beginning of a password's SHA-1, since passwords may come as their SHA-1 and the server must know a
 * common one then too. Six bytes of it: one in three thousand million passwords that are not in the list looks as if it
 * were.
 */
import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dictionary } from '@zxcvbn-ts/language-common';
import { commonPasswordsFile, entryBytes } from '../packages/server/src/common-passwords.ts';

/** The source has them in lower case, and with a capital they are as common. */
function spellingsOf(password: string): string[] {
  return [password, password.slice(0, 1).toUpperCase() + password.slice(1)];
}

/** The list as it is shipped: sorted entries, one after another. */
export function buildCommonPasswords(): Buffer {
  const spellings = new Set(dictionary['passwords-common'].flatMap(spellingsOf));
  const entries = new Set([...spellings].map((text) => hash('sha1', text, 'hex').slice(0, 2 * entryBytes)));
  return Buffer.from([...entries].sort().join(''), 'hex');
}

if (import.meta.main) await writeFile(commonPasswordsFile, buildCommonPasswords());
