import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { call } from '../support/http-call.ts';
import type { KeywrightInstallation } from '../support/keywright-process.ts';
import { stepAt, totpCode } from '../support/totp.ts';
import type { Authenticator } from './authenticator.ts';

type Account = Pick<Authenticator, 'username' | 'password'>;

let made = 0;

/** Adds users to a running server, and gives each a TOTP as the second factor. */
export async function addAuthenticators(
  installation: KeywrightInstallation,
  url: string,
  count: number,
): Promise<Authenticator[]> {
  const accounts = Array.from({ length: count }, (): Account => {
    made += 1;
    return { username: `authenticator-${made}@keywright.test`, password: `a long enough secret of number ${made}` };
  });
  const file = join(installation.scratchDir, `authenticators-${made}.ndjson`);
  const rows = accounts.map(({ username, password }) => {
    return `${JSON.stringify({ username, password_sha1: createHash('sha1').update(password).digest('hex') })}\n`;
  });
  writeFileSync(file, rows.join(''));
  await installation.runWell(['import', 'users', file, '--organisation', 'Keywright', '--apply']);
  const authenticators: Authenticator[] = [];
  for (const account of accounts) authenticators.push(await enrol(url, account));
  return authenticators;
}

async function enrol(url: string, account: Account): Promise<Authenticator> {
  const agent = new Agent();
  const send = async (method: string, path: string, body: object, bearer?: string) => {
    const answer = await call(agent, url, { method, path, body, bearer });
    assert.ok(answer.status === 200 || answer.status === 204, answer.text);
    return answer.text === '' ? {} : JSON.parse(answer.text);
  };
  const { username, password } = account;
  const { auth_token } = await send('POST', '/api/v1/authenticate', { username, password });
  const { id, secret_key: secret } = await send('POST', '/api/v1/user/mfa', { type: { id: 0 }, password }, auth_token);
  const lastStep = stepAt(Date.now());
  await send('PATCH', `/api/v1/user/mfa/${id}`, { status: { id: 1 }, code: totpCode(secret, lastStep) }, auth_token);
  return { ...account, secret, lastStep, isBusy: false };
}
