import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  applicationTokenPrefix,
  createApplicationTokenSecret,
  hashApplicationTokenSecret,
} from '../../packages/server/src/domain/application-token-secret.ts';

/** Keywright's command line. */
export const keywrightCommand: string = path.join(import.meta.dirname, '../../packages/server/bin/keywright.js');

/** The password of every user. */
export const password = 'The quick brown fox jumps over the lazy dog';

/** A folder for one run, gone when the process ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'keywright-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes a data folder with one organisation and one user, its administrator. */
export async function makeStore(): Promise<string> {
  const dataDir = makeFolder();
  const args = [keywrightCommand, 'user', 'add', 'bench@example.com', '--data-dir', dataDir, '--password-stdin'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(password);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`keywright user add ended with ${code}`);
  return dataDir;
}

/** Writes to the store's file directly, in one transaction; no server may run on it. */
function fill(dataDir: string, write: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path.join(dataDir, 'keywright.db'));
  try {
    // A file that is lost in a crash is made again. A million keys in no order want their pages in memory.
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; BEGIN');
    write(database);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

/**
 * Adds application tokens of the first user.
 *
 * @param usable of how many the secret is known; they stand evenly among the others
 * @returns the known secrets, in no order
 */
export function addApplicationTokens(dataDir: string, { count, usable }: { count: number; usable: number }): string[] {
  const secrets: string[] = [];
  fill(dataDir, (database) => {
    const insertToken = database.prepare(
      `INSERT INTO application_token (organisation_id, creator_id, created_at, version, prefix)
       SELECT organisation_id, id, ?, 1, ? FROM user_account WHERE id = 1`,
    );
    const insertSecret = database.prepare(
      'INSERT INTO application_token_secret (secret_hash, application_token_id, created_at) VALUES (?, ?, ?)',
    );
    const now = Date.now();
    for (let added = 0; added < count; added += 1) {
      const isUsable = Math.floor((added * usable) / count) !== Math.floor(((added + 1) * usable) / count);
      const secret = isUsable ? createApplicationTokenSecret({ bytes: randomBytes }) : undefined;
      if (secret !== undefined) secrets.push(secret);
      const { lastInsertRowid } = insertToken.run(now, applicationTokenPrefix(secret ?? 'kwt_unknown00'));
      // Nobody knows what this would be the hash of.
      insertSecret.run(
        secret === undefined ? randomBytes(32) : hashApplicationTokenSecret(secret),
        lastInsertRowid,
        now,
      );
    }
  });
  return shuffle(secrets);
}

/** Adds users that have the first one's password and roles; answers their usernames. */
export function addUsers(dataDir: string, count: number): string[] {
  const usernames = Array.from({ length: count }, (_, index) => `user-${index}@example.com`);
  fill(dataDir, (database) => {
    const insertUser = database.prepare(
      `INSERT INTO user_account (username, username_key, name, status, password_hash, organisation_id, version, created_at)
       SELECT ?, ?, 'Bench', status, password_hash, organisation_id, version, created_at FROM user_account WHERE id = 1`,
    );
    const assign = database.prepare(
      `INSERT INTO assignment (user_id, organisation_id, roles, created_at)
       SELECT ?, organisation_id, roles, created_at FROM assignment WHERE user_id = 1`,
    );
    for (const username of usernames) assign.run(insertUser.run(username, username).lastInsertRowid);
  });
  return usernames;
}

/** The Argon2id hash of {@link password} as the store has it. */
export function readPasswordHash(dataDir: string): string {
  const database = new DatabaseSync(path.join(dataDir, 'keywright.db'), { readOnly: true });
  try {
    const row = database.prepare('SELECT password_hash FROM user_account WHERE id = 1').get();
    return String(row?.['password_hash']);
  } finally {
    database.close();
  }
}

/** Puts values into an order that chance decides (Fisher and Yates). */
export function shuffle<T>(values: readonly T[]): T[] {
  const shuffled = [...values];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}
