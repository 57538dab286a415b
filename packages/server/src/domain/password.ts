import { hash } from 'node:crypto';
import type { Problem } from './errors.ts';
import { normaliseUnicode } from './normalise-unicode.ts';
import { normaliseUsername } from './username.ts';
import { countCodePoints } from './well-formed-text.ts';

/** A password as it came over the wire. */
export interface Password {
  /** 40 lower-case hexadecimal digits: what is hashed and compared. */
  readonly sha1: string;
  /** The password itself in NFC, where the caller did not send its SHA-1 only. */
  readonly plain?: string;
}

const productName = 'keywright';
const minCharacters = 8;
// 4096 bytes of UTF-8 at most.
const maxCharacters = 1024;
// `SHA1(stdin)= 2fd4…` as OpenSSL prints it since 3.0, `(stdin)= 2fd4…` as before. Longer lines are passwords.
const sha1Form = /^(?:(?:SHA1)?\([^\n]{0,255}\)= ?)?([0-9a-f]{40})\s*$/i;

function sha1Of(text: string): string {
  return hash('sha1', text, 'hex');
}

/**
 * Reads a property that carries a password: 40 hexadecimal digits, bare or as `openssl sha1` prints them, are the
 * password's SHA-1; anything else is the password itself.
 */
export function readPassword(text: string): Password {
  const sha1 = sha1Form.exec(text)?.[1];
  if (sha1 !== undefined) return { sha1: sha1.toLowerCase() };
  const plain = normaliseUnicode(text, 'NFC');
  return { sha1: sha1Of(plain), plain };
}

/** The names that make no password: the user's, the part of it before the `@`, and the product's. */
function forbiddenNames(username: string): string[] {
  const [localPart = ''] = username.split('@');
  return [username, localPart, productName];
}

/** The spellings under which a name can be recognised by its SHA-1. */
function spellingsOf(name: string): string[] {
  const normalised = normaliseUsername(name);
  const capitalised = normalised.slice(0, 1).toUpperCase() + normalised.slice(1);
  return [name, normalised, capitalised, normalised.toUpperCase()];
}

function isForbiddenName(password: Password, username: string): boolean {
  const names = forbiddenNames(username);
  if (password.plain === undefined) return names.flatMap(spellingsOf).some((name) => sha1Of(name) === password.sha1);
  const plain = normaliseUsername(password.plain);
  return names.some((name) => normaliseUsername(name) === plain);
}

function findLengthProblem(password: Password): string | undefined {
  const { plain } = password;
  const tooShort = `must have at least ${minCharacters} characters`;
  // Of a SHA-1 nothing can be measured but that there was nothing at all.
  if (plain === undefined) return password.sha1 === sha1Of('') ? tooShort : undefined;
  const characters = countCodePoints(plain);
  if (characters > maxCharacters) return `must have at most ${maxCharacters} characters`;
  return characters < minCharacters ? tooShort : undefined;
}

/**
 * Finds what is wrong with a password that is to be set. There are no rules of composition (NIST SP 800-63B-4 §3.1.1.2),
 * and nothing is ever cut off.
 *
 * Of a SHA-1 only that much is told which can be: whether it is of a forbidden name in one of its usual spellings.
 *
 * @param options.username Whose password it is to be.
 * @param options.property The property's name on the wire, with which each message begins.
 */
export function checkNewPassword(
  password: Password,
  options: { readonly username: string; readonly property?: string },
): readonly Problem[] {
  const { username, property = 'password' } = options;
  const refuse = (why: string): Problem[] => [{ token: 'InvalidFormat', message: `${property} ${why}` }];
  if (password.plain !== undefined && (!password.plain.isWellFormed() || password.plain.includes('\0'))) {
    return refuse('must be well-formed Unicode, without NUL and half surrogate pairs');
  }
  const lengthProblem = findLengthProblem(password);
  if (lengthProblem !== undefined) return refuse(lengthProblem);
  if (isForbiddenName(password, username)) {
    return refuse("must be neither the username, nor the part of it before the @, nor this product's name");
  }
  return [];
}
