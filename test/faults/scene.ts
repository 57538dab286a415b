import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { call } from '../support/http-call.ts';
import {
  createInstallation,
  type KeywrightInstallation,
  type KeywrightServer,
  type KeywrightSettings,
} from '../support/keywright-process.ts';
import type { StoreReader } from './store-reader.ts';
import type { Account } from './traffic.ts';
import { type JournalVerdict, verifyJournal } from './verify-journal.ts';
import { type StoreVerdict, verifyStore } from './verify-store.ts';
import { createJournal, type JournalEntry, type WriteJournal } from './write-journal.ts';

/** An installation with two users, and what a test needs to put it under load. */
export interface Scene {
  readonly installation: KeywrightInstallation;
  readonly journal: WriteJournal;
  /** Signs in and makes application tokens; the password stays. */
  readonly writer: Account;
  /** The username of the user whose password is changed by the command line. */
  readonly changing: string;
}

/** Makes an installation as a scene's, with settings of its own. */
export function createSceneInstallation(settings: KeywrightSettings): Promise<KeywrightInstallation> {
  return createInstallation({
    KEYWRIGHT_RATE_LIMIT: 'off',
    KEYWRIGHT_REFRESH_ROTATION: 'on',
    KEYWRIGHT_SIGNUP: 'closed',
    ...settings,
  });
}

/** Makes the installation and its users; remove the installation when the test is over. */
export async function prepareScene(settings: KeywrightSettings = {}): Promise<Scene> {
  const installation = await createSceneInstallation(settings);
  try {
    const writer = { username: 'writer@keywright.test', password: 'a long enough secret for writers' };
    const changing = 'changing@keywright.test';
    await addUser(installation, writer);
    await addUser(installation, { username: changing, password: 'a long enough secret to be changed' });
    return { installation, writer, changing, journal: createJournal(join(installation.scratchDir, 'journal.jsonl')) };
  } catch (error) {
    await installation.remove();
    throw error;
  }
}

async function addUser(installation: KeywrightInstallation, { username, password }: Account): Promise<void> {
  await installation.runWell(['user', 'add', username, '--role', 'Administrator', '--password-stdin'], password);
}

/** Signs in, and answers the auth token. */
export async function signIn(url: string, { username, password }: Account): Promise<string> {
  const body = { username, password };
  const answer = await call(new Agent(), url, { method: 'POST', path: '/api/v1/authenticate', body });
  assert.equal(answer.status, 200, answer.text);
  return (JSON.parse(answer.text) as { auth_token: string }).auth_token;
}

/** Checks what was acknowledged through the API, and what was not for being whole, in the tables. */
export async function verifyScene(
  { journal: file }: Scene,
  where: { readonly url: string; readonly bearer: string },
  entries: readonly JournalEntry[],
  openStore: () => Promise<StoreReader>,
): Promise<{ readonly journal: JournalVerdict; readonly store: StoreVerdict }> {
  const journal = await verifyJournal(file, entries, where);
  const reader = await openStore();
  try {
    const store = await verifyStore(reader);
    assert.deepEqual(journal.lost, [], 'acknowledged writes are lost');
    assert.deepEqual(journal.revived, [], 'what was revoked, replaced or ended is alive again');
    assert.deepEqual(journal.torn, [], 'changes are half done');
    assert.deepEqual(store.faults, [], 'the tables contradict themselves');
    return { journal, store };
  } finally {
    await reader.close();
  }
}

/** The lines of the log that tell of a bug or of an end that nobody asked for. */
export function findAlarms({ written }: Pick<KeywrightServer, 'written'>): string[] {
  return `${written.out}\n${written.err}`
    .split('\n')
    .filter((line) => /"level":"(error|fatal)"|unhandled|uncaught|a bug|^\s+at .+:\d+/i.test(line));
}
