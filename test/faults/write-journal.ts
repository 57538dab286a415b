import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { Authenticator } from './authenticator.ts';

/** A change that a client asks for. */
export type Write =
  /** `description` is no other token's. */
  | { readonly op: 'create'; readonly description: string }
  | { readonly op: 'revoke'; readonly id: number }
  | { readonly op: 'rotate'; readonly id: number }
  /** `session` is no other session's name. */
  | { readonly op: 'sign in'; readonly username: string; readonly session: string }
  /** With rotation on, which replaces the refresh token. */
  | { readonly op: 'refresh'; readonly session: string }
  /** Completes a sign-in with the code of a TOTP's step. */
  | { readonly op: 'use TOTP step'; readonly authenticator: Authenticator; readonly session: string }
  /** Sends the code of a step that was used before, which has to be refused. */
  | { readonly op: 'use TOTP step again'; readonly username: string }
  | { readonly op: 'set password'; readonly username: string; readonly password: string };

/** What the answer to a change holds that is good for later. */
export interface Acknowledgement {
  readonly id?: number;
  /** An application token's secret. */
  readonly secret?: string;
  readonly refreshToken?: string;
}

/** A change, and its acknowledgement where one arrived whole. */
export interface JournalEntry {
  readonly write: Write;
  readonly askedAt: string;
  readonly acknowledged?: Acknowledgement & { readonly at: string };
}

/** A file that knows of every change that was asked for, and of every acknowledgement that arrived. */
export interface WriteJournal {
  readonly file: string;
  /** Notes a change that is about to be asked for; the function returned notes that it was acknowledged. */
  ask(write: Write): (acknowledgement: Acknowledgement) => void;
  /** Reads the file, in the order in which changes were asked for. */
  read(): JournalEntry[];
}

type Line =
  | { readonly number: number; readonly at: string; readonly asked: Write }
  | { readonly number: number; readonly at: string; readonly acknowledged: Acknowledgement };

/** Makes an empty journal. */
export function createJournal(file: string): WriteJournal {
  writeFileSync(file, '');
  let last = 0;
  const append = (line: Line): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
  return {
    file,
    ask(write) {
      last += 1;
      const number = last;
      append({ number, at: new Date().toISOString(), asked: write });
      return (acknowledged) => append({ number, at: new Date().toISOString(), acknowledged });
    },
    read: () => readEntries(file),
  };
}

function readEntries(file: string): JournalEntry[] {
  const entries = new Map<number, JournalEntry>();
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as Line;
    if ('asked' in line) {
      entries.set(line.number, { write: line.asked, askedAt: line.at });
      continue;
    }
    const entry = entries.get(line.number);
    if (entry === undefined) throw new Error(`${file} acknowledges what was not asked for: ${text}`);
    entries.set(line.number, { ...entry, acknowledged: { ...line.acknowledged, at: line.at } });
  }
  return [...entries.values()];
}
