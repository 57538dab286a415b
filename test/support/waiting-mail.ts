import assert from 'node:assert/strict';
import { sealedMailPurpose } from '../../packages/server/src/domain/mail-port.ts';
import { queryStore } from './store-rows.ts';
import { type TestServer, testPassword } from './test-server.ts';

/** A mail as it waits in the store of a server that delivers none. */
export interface WaitingTestMail {
  readonly to: string;
  readonly template: string;
  readonly language: string;
  readonly data: Readonly<Record<string, string>>;
}

/** The mails that wait for an address, the oldest first. */
export async function waitingMails({ store, service }: TestServer, to: string): Promise<WaitingTestMail[]> {
  const rows = await queryStore(store, 'SELECT recipient, template, language, sealed_data FROM mail ORDER BY id');
  return rows
    .filter(({ recipient }) => recipient === to)
    .map(({ recipient, template, language, sealed_data: sealed }) => ({
      to: recipient,
      template,
      language,
      data: JSON.parse(service.box.open(sealed, sealedMailPurpose)),
    }));
}

/** The key of the link in the last mail to an address; fails the test where there is none. */
export async function lastKey(server: TestServer, to: string): Promise<string> {
  const mail = (await waitingMails(server, to)).at(-1);
  const key = new URL(mail?.data['link'] ?? 'none:').searchParams.get('activationKey');
  assert.ok(key, `no mail with a link waits for ${to}`);
  return key;
}

/** Follows the link in the last mail to somebody, with a password as every form sends one; fails the test where that is refused. */
export async function followLink(server: TestServer, to: string, password: string = testPassword): Promise<void> {
  const body = { activationKey: await lastKey(server, to), password };
  const answer = await server.call('POST', '/api/v2/user/activation', { body });
  assert.equal(answer.status, 204, answer.text);
}

/** Makes a user by the API and activates it by the mail; answers the id. */
export async function createActiveUser(server: TestServer, bearer: string, body: object): Promise<number> {
  const answer = await server.call('POST', '/api/v1/user', { bearer, body });
  assert.equal(answer.status, 201, answer.text);
  await followLink(server, (body as { username: string }).username, testPassword);
  return Number(answer.headers.get('location')?.split('/').at(-1));
}
