/**
 * A job for cron: names the application tokens that expire within two weeks. It keeps its auth token in a file, so that a run
 * that follows soon asks for no other.
 *
 *     npm install @keywright/client
 *     KEYWRIGHT_URL=https://auth.example.com KEYWRIGHT_APPLICATION_TOKEN_FILE=/etc/job/token node list-expiring-tokens.ts
 *
 * In a crontab, where whatever it prints is mailed:
 *
 *     7 6 * * *  KEYWRIGHT_URL=… KEYWRIGHT_APPLICATION_TOKEN_FILE=… node /opt/job/list-expiring-tokens.ts
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { ClientError, createClient } from '@keywright/client';
import { createFileStorage } from '@keywright/client/file-storage';

const {
  KEYWRIGHT_URL: baseUrl = 'http://127.0.0.1:8080',
  KEYWRIGHT_APPLICATION_TOKEN_FILE: secretFile = 'application-token',
  STATE_FILE: stateFile = path.join(homedir(), '.cache/keywright-job/tokens'),
} = process.env;
const twoWeeksMs = 14 * 24 * 60 * 60 * 1000;

const client = createClient({
  baseUrl,
  // Read when it is needed: whoever rotates the secret replaces the file.
  applicationToken: () => readFile(secretFile, 'utf8'),
  storage: createFileStorage(stateFile),
  // Nobody waits for the answer: the service may take its time.
  maxWaitSeconds: 300,
});

try {
  for await (const { id, description, expiry_date } of client.all.listApplicationTokens({
    q: 'status:0',
    per_page: 500,
  })) {
    const expiresAt = Date.parse(expiry_date ?? '');
    if (expiresAt < Date.now() + twoWeeksMs) console.log(`${id}\t${expiry_date}\t${description ?? ''}`);
  }
} catch (error) {
  if (!(error instanceof ClientError)) throw error;
  // It never holds a secret, so it may go into mails and logs as it is.
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
