import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { issueSetupKey } from '../../packages/server/src/domain/setup.ts';
import { type StoreKind, testPassword } from '../support/test-server.ts';
import { addToken, leaveSecret, readClipboard } from './application-token-steps.ts';
import { checkAccessible, takeScreenshots } from './look.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { signIn } from './sign-in-steps.ts';
import { choose, rowOf } from './table-steps.ts';

const path = '/integrations#application-tokens';
const runInShell = promisify(execFile);

for (const store of ['sqlite', 'postgres'] satisfies StoreKind[]) {
  describe(`application tokens in the portal, on ${store}`, { skip }, () => {
    let scene: PortalScene;
    before(async () => {
      scene = await openPortalScene({ store });
    });
    after(() => scene.close());

    /** Follows the one-time link of the first start, and signs in. */
    async function setUp(): Promise<Page> {
      const key = (await issueSetupKey(scene.server.service)) ?? '';
      const page = await scene.openPage(`/setup?setup_key=${encodeURIComponent(key)}`, {
        permissions: ['clipboard-write'],
      });
      await checkAccessible(page);
      await takeScreenshots(page, 'setup');
      await page.getByLabel('Organisation').fill('Acme');
      await page.getByLabel('Your name').fill('Ada Admin');
      await page.getByLabel('E-mail address').fill('ada@example.com');
      await page.getByLabel('Password').fill(testPassword);
      await page.getByRole('button', { name: 'Create administrator' }).click();
      await page.getByRole('link', { name: 'Sign in' }).click();
      await signIn(page, 'ada@example.com');
      await page.getByRole('link', { name: 'Application tokens' }).click();
      return page;
    }

    test('Keywright is set up, and a token is made, copied, exchanged, seen to be used, and revoked, after which it is refused', async () => {
      const page = await setUp();
      await page.getByText('No application tokens yet').waitFor();
      const secret = await addToken(page, 'Billing export');
      const command = await page.getByRole('dialog').locator('pre').innerText();
      assert.ok(command.includes(secret) && command.startsWith(`curl -X POST '${scene.url}/api/v1/authenticate'`));
      // The server answers in this process, so the shell must not hold it up.
      const { stdout } = await runInShell('bash', ['-c', `${command} --silent --show-error --fail`]);
      assert.deepEqual(Object.keys(JSON.parse(stdout)), ['auth_token']);
      await leaveSecret(page);
      assert.ok(!(await page.content()).includes(secret), 'the secret is still in the page');
      await rowOf(page, 'Billing export').getByText('Never').waitFor();
      const exchange = () => scene.server.authenticate({ application_token: secret });
      assert.equal((await exchange()).status, 200);
      await scene.advance({ seconds: 61 });
      assert.equal((await exchange()).status, 200);
      await scene.server.flush();
      await page.reload();
      await rowOf(page, 'Billing export').getByText('from 127.0.0.1').waitFor();
      await choose(page, 'Billing export', 'Revoke');
      await page.getByRole('dialog', { name: 'Revoke Billing export?' }).waitFor();
      await page.getByRole('button', { name: 'Revoke Token' }).click();
      await rowOf(page, 'Billing export').getByText('Revoked').waitFor();
      const refused = await exchange();
      assert.deepEqual([refused.status, refused.json.error_token], [401, 'InvalidToken']);
      assert.equal(await page.getByRole('button', { name: 'Actions for Billing export' }).count(), 0);
    });
  });
}

describe('the page of the application tokens', { skip }, () => {
  let scene: PortalScene;
  let count = 0;
  before(async () => {
    scene = await openPortalScene();
  });
  after(() => scene.close());

  /** The page as the administrator of an organisation of its own sees it. */
  async function openTokens(): Promise<{ page: Page; bearer: string }> {
    count += 1;
    const username = `admin${count}@example.com`;
    const { id } = await scene.server.addOrganisation(`Acme ${count}`);
    await scene.server.addUser({ username, organisationId: id });
    const { auth_token: bearer } = await scene.server.signIn(username);
    const page = await scene.openPage(path, { permissions: ['clipboard-write'] });
    await signIn(page, username);
    await page.getByRole('heading', { name: 'Application tokens', level: 1 }).waitFor();
    return { page, bearer };
  }

  async function create(bearer: string, ...descriptions: string[]): Promise<void> {
    for (const description of descriptions) {
      const { status } = await scene.server.call('POST', '/api/v1/application_token', {
        bearer,
        body: { description },
      });
      assert.equal(status, 200);
    }
  }

  test('a network is judged while it is typed, and what is restricted and narrowed is so on the wire', async () => {
    const { page, bearer } = await openTokens();
    await addToken(page, 'Restricted', async () => {
      await page.getByLabel('Restrict to a network').fill('10.1.2.3/24');
      await page.getByText('Did you mean 10.1.2.0/24?').waitFor();
      await page.getByRole('button', { name: 'Create Application Token' }).click();
      await page.getByText('Not an IPv4 or IPv6 network').waitFor();
      await page.getByLabel('Restrict to a network').fill('');
      await page.getByRole('button', { name: 'Use my address' }).click();
      await page.getByText('Only from this address (127.0.0.1/32).').waitFor();
      await page.getByLabel('Expires').selectOption('7');
      await page.getByLabel('Only some').check();
      await page.getByLabel('Observer').check();
      await page.getByLabel('Life of its auth tokens').fill('15');
    });
    await leaveSecret(page);
    const { json } = await scene.server.call('GET', '/api/v1/application_token', { bearer });
    const [{ ip, roles, auth_token_minutes, expiry_date }] = json;
    assert.deepEqual([ip, roles, auth_token_minutes], ['127.0.0.1/32', [{ id: 3, name: 'Observer' }], 15]);
    const days = (Date.parse(expiry_date) - scene.server.clock.now()) / 86_400_000;
    assert.ok(days > 6.9 && days < 7.1, `${days} days`);
  });

  test('a token without an end is warned of, and one with a day named ends on it', async () => {
    const { page, bearer } = await openTokens();
    await addToken(page, 'Until a day', async () => {
      await page.getByLabel('Expires').selectOption('none');
      await page.getByText('If it leaks').waitFor();
      await page.getByLabel('Expires').selectOption('date');
      await page.getByRole('button', { name: 'Create Application Token' }).click();
      await page.getByText('Name the day.').waitFor();
      await page.getByLabel('Date').fill('2001-01-02');
      await page.getByRole('button', { name: 'Create Application Token' }).click();
      await page.locator('[name=expiry_date][aria-invalid=true]').waitFor();
      await page
        .getByRole('dialog')
        .getByText(/2001-01-02/)
        .waitFor();
      await page.getByLabel('Date').fill('2099-01-02');
    });
    await leaveSecret(page);
    await choose(page, 'Until a day', 'Edit');
    await page.getByRole('textbox', { name: 'Description' }).fill('Renamed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved Renamed').waitFor();
    const read = async () => {
      const { json } = await scene.server.call('GET', '/api/v1/application_token', { bearer });
      return [json[0].description, json[0].expiry_date, json[0].ip];
    };
    assert.deepEqual(await read(), ['Renamed', '2099-01-02T00:00:00.000Z', null]);
    await choose(page, 'Renamed', 'Edit');
    await page.getByLabel('Restrict to a network').fill('2001:DB8::/32');
    await page.getByText('From any address in 2001:db8::/32.').waitFor();
    await page.getByLabel('Expires', { exact: true }).selectOption('none');
    await page.getByRole('button', { name: 'Save' }).click();
    await rowOf(page, 'Renamed').getByText('No expiry').waitFor();
    assert.deepEqual(await read(), ['Renamed', null, '2001:db8::/32']);
  });

  test('a token that is rotated with an overlap works with both secrets, then with the new one alone', async () => {
    const { page } = await openTokens();
    const old = await addToken(page, 'Rotated');
    await leaveSecret(page);
    await choose(page, 'Rotated', 'Rotate');
    await page.getByLabel('Keep the old secret working').selectOption('3600');
    await page.getByRole('button', { name: 'Rotate Token' }).click();
    await page.getByText('The old secret works until').waitFor();
    await page.getByRole('button', { name: 'Copy Token' }).click();
    await page.getByRole('dialog').getByText('Copied').waitFor();
    const next = await readClipboard(page);
    const exchange = async (secret: string) => (await scene.server.authenticate({ application_token: secret })).status;
    await page.getByRole('button', { name: 'Done' }).click();
    await rowOf(page, 'Rotated').getByText('Old secret not used since').waitFor();
    assert.deepEqual([await exchange(old), await exchange(next)], [200, 200]);
    // A token's use is written once a minute.
    await scene.advance({ seconds: 61 });
    assert.equal(await exchange(old), 200);
    await scene.server.flush();
    await page.reload();
    await rowOf(page, 'Rotated')
      .getByText(/^Old secret last used .* from 127\.0\.0\.1$/)
      .waitFor();
    await scene.advance({ minutes: 61 });
    assert.deepEqual([await exchange(old), await exchange(next)], [401, 200]);
  });

  test('the page and its dialogues are open to everybody, in both themes', async () => {
    const { page, bearer } = await openTokens();
    await checkAccessible(page);
    await create(bearer, 'Billing export, nightly', 'Dashboard on the wall', 'Partner import');
    await page.reload();
    await rowOf(page, 'Dashboard').waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'application-tokens');
    await addToken(page, 'Shown once');
    await checkAccessible(page);
    await takeScreenshots(page, 'application-token-secret');
    await leaveSecret(page);
    await page.getByRole('button', { name: 'Add Token' }).click();
    await page.getByRole('textbox', { name: 'Description' }).waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'application-token-form');
    await page.keyboard.press('Escape');
    await choose(page, 'Shown once', 'Rotate');
    await page.getByRole('button', { name: 'Rotate Token' }).waitFor();
    await checkAccessible(page);
    await page.keyboard.press('Escape');
    await page.goto('/integrations#connect');
    await page.getByRole('heading', { name: 'Connect an API' }).waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'connect');
  });
});
