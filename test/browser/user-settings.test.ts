import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { Page } from '@playwright/test';
import { createTotpApp, enrolTotp, mailedCode, step } from '../support/second-factor.ts';
import { testPassword } from '../support/test-server.ts';
import { followLink } from '../support/waiting-mail.ts';
import { checkAccessible, takeScreenshots } from './look.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { scanQrCode } from './scan-qr-code.ts';
import { fillSignIn, signIn, signOut, waitUntilSignedIn } from './sign-in-steps.ts';
import { addVirtualAuthenticator } from './virtual-authenticator.ts';

const path = '/user-settings';

describe('the page of one’s own settings', { skip }, () => {
  let scene: PortalScene;
  let organisationId: number;
  let count = 0;

  before(async () => {
    scene = await openPortalScene();
    organisationId = (await scene.server.addOrganisation('Acme')).id;
  });
  after(() => scene.close());

  async function openSettings(): Promise<{ page: Page; username: string }> {
    count += 1;
    const username = `user${count}@example.com`;
    await scene.server.addUser({ username, organisationId });
    const page = await scene.openPage(path);
    await signIn(page, username);
    await page.getByRole('heading', { name: 'My settings' }).waitFor();
    return { page, username };
  }

  /** Goes as far as where a factor has been begun. */
  async function addFactor(page: Page, kind: string): Promise<void> {
    await page.getByRole('button', { name: `Add: ${kind}` }).click();
    await page.getByRole('dialog').getByLabel('Your password', { exact: true }).fill(testPassword);
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  async function leaveRecoveryCodes(page: Page): Promise<string[]> {
    await page.getByRole('dialog', { name: 'Your recovery codes' }).waitFor();
    const codes = await page.getByRole('dialog').locator('code').allInnerTexts();
    assert.equal(new Set(codes).size, 10);
    await page.getByRole('button', { name: 'Done' }).click();
    return codes;
  }

  test('an authenticator app is set up from its QR code, asked for at the next sign-in, and not on a trusted device', async () => {
    const { page, username } = await openSettings();
    await page.getByText('You have no second factor.').waitFor();
    await addFactor(page, 'Authenticator app');
    const otpauth = new URL(await scanQrCode(page, 'QR code for your authenticator app'));
    assert.equal(otpauth.protocol, 'otpauth:');
    const app = createTotpApp(scene.server, 0, otpauth.searchParams.get('secret') ?? '');
    await checkAccessible(page);
    await takeScreenshots(page, 'user-settings-totp');
    await page.getByLabel('The code that the app shows').fill(app.code());
    const [recoveryCode = ''] = await leaveRecoveryCodes(page);
    await page.getByRole('button', { name: 'Remove Authenticator app' }).waitFor();
    await scene.advance(step);
    await signOut(page);
    await fillSignIn(page, username);
    await page.getByLabel('Trust this device').check();
    await page.getByLabel('Code from your authenticator app').fill(app.code());
    await waitUntilSignedIn(page);
    await signOut(page);
    await signIn(page, username);
    await page.goto(`${path}#trusted-devices`);
    await page
      .getByRole('list', { name: 'Trusted devices' })
      .getByText(/Chrome/)
      .waitFor();
    await page.getByRole('button', { name: /^Remove Chrome/ }).click();
    await page.getByText('You trust no device.').waitFor();
    await signOut(page);
    await fillSignIn(page, username);
    await page.getByRole('heading', { name: 'Second step' }).waitFor();
    await page.getByRole('button', { name: /Recovery code/ }).click();
    await page.getByLabel(/recovery code/i).fill(recoveryCode);
    await page.getByRole('button', { name: 'Verify' }).click();
    await waitUntilSignedIn(page);
  });

  test('a code by mail and a passkey are set up with their first proof', async () => {
    const { page, username } = await openSettings();
    await addVirtualAuthenticator(page);
    await addFactor(page, 'Code by e-mail');
    await page.getByLabel('The code from the mail').waitFor();
    await page.getByLabel('The code from the mail').fill(await mailedCode(scene.server, username));
    await leaveRecoveryCodes(page);
    await addFactor(page, 'Passkey');
    await page.getByRole('button', { name: 'Create passkey' }).click();
    await page.getByText('Passkey is active').waitFor();
    await page.getByRole('button', { name: 'Remove Passkey' }).waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('a setup that was left is begun anew, and a wrong password begins none', async () => {
    const { page } = await openSettings();
    await page.getByRole('button', { name: 'Add: Authenticator app' }).click();
    await page.getByRole('dialog').getByLabel('Your password', { exact: true }).fill('a wrong password');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('dialog').getByText('This is not your password.').waitFor();
    await page.getByRole('dialog').getByLabel('Your password', { exact: true }).fill(testPassword);
    await page.getByRole('button', { name: 'Continue' }).click();
    const first = await scanQrCode(page, 'QR code for your authenticator app');
    await page.keyboard.press('Escape');
    await page.getByText('Not confirmed yet').waitFor();
    await addFactor(page, 'Authenticator app');
    assert.notEqual(await scanQrCode(page, 'QR code for your authenticator app'), first);
  });

  test('a factor is removed at once after a sign-in with it, and with password and code later', async () => {
    const { page, username } = await openSettings();
    const { auth_token: bearer } = await scene.server.signIn(username);
    const app = await enrolTotp(scene.server, bearer);
    await scene.advance({ minutes: 11 });
    await page.reload();
    await page.getByRole('button', { name: 'Remove Authenticator app' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByLabel('Your password', { exact: true }).fill(testPassword);
    await dialog.getByLabel('Code', { exact: true }).fill(app.code());
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('You have no second factor.').waitFor();
  });

  test('the password is changed with the present one alone, and ends the other session', async () => {
    const { page, username } = await openSettings();
    const other = await scene.openPage(path);
    await signIn(other, username);
    await page.getByLabel('Current password').fill('something else');
    await page.getByLabel('New password', { exact: true }).fill('a password that is new');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('This is not your password.').waitFor();
    await page.getByLabel('Current password').fill(testPassword);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password is changed.').waitFor();
    await page.getByRole('link', { name: 'Look at your application tokens' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'My settings' }).waitFor();
    await other.reload();
    await other.getByRole('heading', { name: 'Sign in to Keywright' }).waitFor();
    await signIn(other, username, 'a password that is new');
  });

  test('another session is seen and signed out', async () => {
    const { page, username } = await openSettings();
    const other = await scene.openPage(path);
    await signIn(other, username);
    await page.reload();
    const sessions = page.getByRole('list', { name: 'Sessions' });
    await sessions.getByText('This session').waitFor();
    await sessions.getByRole('button', { name: /^Sign out .+ on / }).click();
    await page.getByText(/is signed out$/).waitFor();
    await other.reload();
    await other.getByRole('heading', { name: 'Sign in to Keywright' }).waitFor();
  });

  test('every other session is signed out at once, and this one goes on', async () => {
    const { page, username } = await openSettings();
    const sessions = page.getByRole('list', { name: 'Sessions' });
    await sessions.getByText('This session').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Sign out all other sessions' }).count(), 0);
    const others = [await scene.openPage(path), await scene.openPage(path)];
    for (const other of others) await signIn(other, username);
    await page.reload();
    await page.getByRole('button', { name: 'Sign out all other sessions' }).click();
    await page.getByText('Every other session is signed out').waitFor();
    await sessions.getByRole('button').first().waitFor({ state: 'detached' });
    for (const other of others) {
      await other.reload();
      await other.getByRole('heading', { name: 'Sign in to Keywright' }).waitFor();
    }
    await page.reload();
    await sessions.getByText('This session').waitFor();
  });

  test('new recovery codes take a code later, replace those from before, and are copied and saved as they are shown', async () => {
    const { page, username } = await openSettings();
    const { auth_token: bearer } = await scene.server.signIn(username);
    const app = await enrolTotp(scene.server, bearer);
    const made = await scene.server.call('POST', '/api/v1/user/mfa/recovery_code', {
      bearer,
      body: { password: testPassword },
    });
    await scene.advance({ minutes: 11 });
    await page.reload();
    await page.getByRole('button', { name: 'New recovery codes' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Your password', { exact: true }).fill(testPassword);
    await page.getByRole('button', { name: 'Continue' }).click();
    await dialog.getByLabel('Code', { exact: true }).fill(app.code());
    await page.getByRole('button', { name: 'Continue' }).click();
    const downloading = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Download' }).click();
    const saved = (await readFile(await (await downloading).path(), 'utf8')).trim().split('\n');
    const codes = await leaveRecoveryCodes(page);
    assert.deepEqual(saved, codes);
    assert.ok(!codes.includes(made.json.recovery_codes[0]));
    await signOut(page);
    await fillSignIn(page, username);
    await page.getByRole('button', { name: /Recovery code/ }).click();
    await page.getByLabel(/recovery code/i).fill(made.json.recovery_codes[0]);
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('Wrong code.').waitFor();
    await page.getByLabel(/recovery code/i).fill(codes[0] ?? '');
    await page.getByRole('button', { name: 'Verify' }).click();
    await waitUntilSignedIn(page);
  });

  test('a new address is confirmed by its mail, and until then signs nobody in', async () => {
    const { page } = await openSettings();
    await scene.advance({ minutes: 11 });
    await page.getByLabel('E-mail address').fill('renamed@example.com');
    await page.getByText('Until then you are signed out everywhere.').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByLabel('Your password', { exact: true }).fill(testPassword);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Sign in to Keywright' }).waitFor();
    await followLink(scene.server, 'renamed@example.com');
    await signIn(page, 'renamed@example.com');
  });

  test('everything that is kept about one is downloaded as a file', async () => {
    const { page, username } = await openSettings();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download my data' }).click();
    const download = await downloading;
    assert.equal(download.suggestedFilename(), 'keywright-my-data.json');
    assert.ok(JSON.stringify(JSON.parse(await readFile(await download.path(), 'utf8'))).includes(username));
  });

  test('mails come in the language that was chosen', async () => {
    const { page, username } = await openSettings();
    await page.getByLabel('Language of mails').selectOption('de');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    const { auth_token: bearer } = await scene.server.signIn(username);
    const { json } = await scene.server.call('GET', '/api/v1/user/my', { bearer });
    assert.equal(json.language, 'de');
  });

  test('the name is changed, and the page is open to everybody in both themes', async () => {
    const { page } = await openSettings();
    await page.getByLabel('Name', { exact: true }).fill('Ada Example');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await page.getByRole('button', { name: 'Account: Ada Example' }).waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'user-settings');
  });
});
