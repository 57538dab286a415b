import type { StoredKey } from './records.ts';

/** `auth` keys sign auth tokens; `internal` ones sign what only Keywright itself reads. */
export type KeyPurpose = StoredKey['purpose'];

/** What a key's encryption is bound to: neither its name nor its purpose can be exchanged in the database. */
export function sealPurpose(kid: string, purpose: KeyPurpose): string {
  return `signing key ${purpose} ${kid}`;
}
