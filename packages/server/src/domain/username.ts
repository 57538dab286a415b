import type { Problem } from './errors.ts';
import { normaliseUnicode } from './normalise-unicode.ts';

const maxLength = 254;
// What an address can't have outside of quotes (RFC 5322 §3.2.3) would make two recipients of one in a mail's header.
// \p{C}: control and invisible characters, and unassigned ones, which a later Unicode may normalise otherwise.
const addressForm = /^[^\s\p{C}@()<>[\]:;,\\"]+@[^\s\p{C}@()<>[\]:;,\\"]+$/u;

/**
 * The form in which usernames are compared and kept unique: NFKC, lower case, no space around it.
 *
 * Lower case, not Unicode's full case folding: that would make one user of `straße@` and `strasse@`, which are two
 * mailboxes. The dotless `ı` stays apart from `i` for the same reason. Only the two small sigmas are one, since which
 * of them a capital becomes depends on what follows.
 */
export function normaliseUsername(text: string): string {
  const lowerCase = normaliseUnicode(text, 'NFKC').toLowerCase().replaceAll('ς', 'σ');
  // A small letter may combine with a mark where its capital does not.
  return normaliseUnicode(lowerCase, 'NFKC').trim();
}

/** Finds what is wrong with a username that is to be given to somebody: it must look like an e-mail address. */
export function checkUsername(text: string): readonly Problem[] {
  const username = normaliseUsername(text);
  if (username.length > maxLength) {
    return [{ token: 'InvalidFormat', message: `username must have at most ${maxLength} characters` }];
  }
  if (!addressForm.test(username)) {
    return [{ token: 'InvalidFormat', message: 'username must be an e-mail address, such as jane@example.com' }];
  }
  return [];
}
