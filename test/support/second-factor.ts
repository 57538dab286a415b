import assert from 'node:assert/strict';
import { sealedMailPurpose } from '../../packages/server/src/domain/mail-port.ts';
import { queryStore } from './store-rows.ts';
import { type Answer, type TestServer, testPassword } from './test-server.ts';
import { stepAt, stepSeconds, totpCode } from './totp.ts';

/** How long a TOTP's step is. */
export const step = { seconds: stepSeconds } as const;

/** An authenticator app that knows one secret. */
export interface TotpApp {
  readonly id: number;
  readonly secret: string;
  /** The code that it shows so many steps from now. */
  code(stepsFromNow?: number): string;
}

/** Reads a secret into an authenticator app. */
export function createTotpApp(server: TestServer, id: number, secret: string): TotpApp {
  return {
    id,
    secret,
    code: (stepsFromNow = 0) => totpCode(secret, stepAt(server.clock.now()) + stepsFromNow),
  };
}

/** A code that the app shows in none of the steps that count now. */
export function wrongCode(app: TotpApp): string {
  const right = new Set([-1, 0, 1].map((steps) => app.code(steps)));
  const wrong = ['111111', '222222', '333333', '444444'].find((code) => !right.has(code));
  assert.ok(wrong);
  return wrong;
}

/** Begins to set a factor of a type up; fails the test where that is refused. */
export async function beginFactor(server: TestServer, bearer: string, type: number): Promise<Answer['json']> {
  const body = { type: { id: type }, password: testPassword };
  const answer = await server.call('POST', '/api/v1/user/mfa', { bearer, body });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

/** Puts a factor in force, whatever comes of it. */
export function confirmFactor(server: TestServer, bearer: string, id: number, proof: object): Promise<Answer> {
  return server.call('PATCH', `/api/v1/user/mfa/${id}`, { bearer, body: { status: { id: 1 }, ...proof } });
}

/** Sets a TOTP up, and lets the step pass that confirmed it. */
export async function enrolTotp(server: TestServer, bearer: string): Promise<TotpApp> {
  const { id, secret_key } = await beginFactor(server, bearer, 0);
  const app = createTotpApp(server, id, secret_key);
  const confirmed = await confirmFactor(server, bearer, id, { code: app.code() });
  assert.equal(confirmed.status, 204, confirmed.text);
  server.clock.advance(step);
  return app;
}

/** Gives the right password; fails the test where that is not answered with an `mfa_token` alone. */
export async function askedForFactor(
  server: TestServer,
  username: string,
  options: { readonly from?: string; readonly fingerprint?: string } = {},
): Promise<string> {
  const { from, ...rest } = options;
  const answer = await server.authenticate({ username, password: testPassword, ...rest }, { from });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(Object.keys(answer.json), ['mfa_token']);
  return answer.json.mfa_token;
}

/** Signs in with both steps; fails the test where one is refused. */
export async function signInWithTotp(
  server: TestServer,
  username: string,
  app: TotpApp,
  trusted_device?: object,
): Promise<{ auth_token: string; refresh_token: string }> {
  const mfa_token = await askedForFactor(server, username);
  const answer = await server.authenticate({
    mfa_token,
    code: app.code(),
    ...(trusted_device === undefined ? {} : { trusted_device }),
  });
  assert.equal(answer.status, 200, answer.text);
  server.clock.advance(step);
  return answer.json;
}

/** A mail that waits to be delivered. */
export interface QueuedMail {
  readonly template: string;
  readonly to: string;
  readonly data: Readonly<Record<string, string>>;
}

/** The mails that wait for an address, the oldest first; sealed as they rest, opened as the deliverer does. */
export async function mailsFor(server: TestServer, address: string): Promise<QueuedMail[]> {
  const rows = await queryStore(server.store, 'SELECT template, recipient, sealed_data FROM mail ORDER BY id');
  return rows
    .filter((row) => row['recipient'] === address)
    .map((row) => ({
      template: row['template'],
      to: row['recipient'],
      data: JSON.parse(server.service.box.open(row['sealed_data'], sealedMailPurpose)),
    }));
}

/** The latest code that was mailed to an address. */
export async function mailedCode(server: TestServer, address: string): Promise<string> {
  const codes = (await mailsFor(server, address)).filter(({ template }) => template === 'email_code');
  const code = codes.at(-1)?.data['code'];
  assert.ok(code, `no code was mailed to ${address}`);
  return code;
}

/** The descriptions of a user's events of one type, the oldest first. */
export async function eventsOf(server: TestServer, userId: number, type: number): Promise<string[]> {
  const sql = `SELECT description FROM event WHERE user_id = ${userId} AND type = ${type} ORDER BY id`;
  return (await queryStore(server.store, sql)).map((row) => row['description']);
}
