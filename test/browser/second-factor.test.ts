import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from '@playwright/test';
import {
  beginFactor,
  confirmFactor,
  createTotpApp,
  enrolTotp,
  mailedCode,
  type TotpApp,
  wrongCode,
} from '../support/second-factor.ts';
import { createSoftwareAuthenticator } from '../support/software-authenticator.ts';
import { testPassword } from '../support/test-server.ts';
import { checkAccessible, takeScreenshots } from './look.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { fillSignIn, signIn, signOut, waitUntilSignedIn } from './sign-in-steps.ts';
import { addVirtualAuthenticator } from './virtual-authenticator.ts';

describe('the second step of the sign-in page', { skip }, () => {
  let scene: PortalScene;
  let organisationId: number;
  let count = 0;

  before(async () => {
    scene = await openPortalScene();
    organisationId = (await scene.server.addOrganisation('Acme')).id;
  });
  after(() => scene.close());

  /** A user, with an auth token to set factors up with. */
  async function addUser(): Promise<{ readonly username: string; readonly bearer: string }> {
    count += 1;
    const username = `user${count}@example.com`;
    await scene.server.addUser({ username, organisationId });
    return { username, bearer: (await scene.server.signIn(username)).auth_token };
  }

  async function addTotpUser(): Promise<{ readonly username: string; readonly bearer: string; readonly app: TotpApp }> {
    const user = await addUser();
    return { ...user, app: await enrolTotp(scene.server, user.bearer) };
  }

  async function addEmailUser(): Promise<string> {
    const { username, bearer } = await addUser();
    const { id } = await beginFactor(scene.server, bearer, 1);
    const confirmed = await confirmFactor(scene.server, bearer, id, { code: await mailedCode(scene.server, username) });
    assert.equal(confirmed.status, 204);
    return username;
  }

  /** A user of an organisation that requires a second factor, who has none yet. */
  async function addStrictUser(): Promise<string> {
    count += 1;
    const username = `user${count}@example.com`;
    const strict = await scene.server.addOrganisation(`Strict ${count}`);
    await scene.server.addUser({ username, organisationId: strict.id });
    const { auth_token: bearer } = await scene.server.signIn(username);
    const body = { mfa_required: true };
    const required = await scene.server.call('PATCH', '/api/v1/organisation/my', { bearer, body });
    assert.equal(required.status, 204, required.text);
    return username;
  }

  /** A user with a passkey that is in no browser. */
  async function addPasskeyUser(): Promise<string> {
    const { username, bearer } = await addUser();
    const { id, public_key } = await beginFactor(scene.server, bearer, 2);
    const credential = createSoftwareAuthenticator(scene.url).create(public_key);
    assert.equal((await confirmFactor(scene.server, bearer, id, { credential })).status, 204);
    return username;
  }

  /** The authenticator app that has been given the key on a page. */
  async function appOf(page: Page): Promise<TotpApp> {
    const key = await page.getByLabel('Key', { exact: true }).innerText();
    return createTotpApp(scene.server, 0, key.replaceAll(' ', ''));
  }

  test('takes the code of an authenticator app as soon as it is complete, and says when one is wrong', async () => {
    const { username, app } = await addTotpUser();
    const page = await scene.openPage('/sign');
    await fillSignIn(page, username);
    const code = page.getByLabel('Code from your authenticator app');
    await code.waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'sign-totp');
    await code.fill(wrongCode(app));
    await page.getByText('Wrong code.').waitFor();
    await takeScreenshots(page, 'sign-wrong-code');
    await code.fill(app.code());
    await waitUntilSignedIn(page);
  });

  test('is skipped on a device that is trusted, and not on another one of the same user', async () => {
    const { username, app } = await addTotpUser();
    const device = await scene.openBrowser();
    const page = await device.newPage();
    await page.goto('/sign');
    await fillSignIn(page, username);
    await page.getByLabel('Trust this device').check();
    await page.getByLabel('Code from your authenticator app').fill(app.code());
    await waitUntilSignedIn(page);
    await signOut(page);
    await page.close();
    const later = await device.newPage();
    await later.goto('/sign');
    await signIn(later, username);
    const other = await scene.openPage('/sign');
    await fillSignIn(other, username);
    await other.getByRole('heading', { name: 'Second step' }).waitFor();
  });

  test('takes a code by mail, and sends another one after a minute', async () => {
    const username = await addEmailUser();
    await scene.advance({ minutes: 2 });
    const page = await scene.openPage('/sign');
    await fillSignIn(page, username);
    await page.getByRole('button', { name: 'Send code' }).click();
    await page.getByLabel('Code from the mail').waitFor();
    await page.getByText(/^Send another code in (1:00|0:5\d)$/).waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'sign-email-code');
    const first = await mailedCode(scene.server, username);
    await scene.advance({ minutes: 1 });
    await page.getByRole('button', { name: 'Send another code' }).click();
    await page.getByText(/^Send another code in /).waitFor();
    const second = await mailedCode(scene.server, username);
    assert.notEqual(second, first);
    await page.getByLabel('Code from the mail').fill(second);
    await waitUntilSignedIn(page);
  });

  test('takes a recovery code where the phone is lost', async () => {
    const { username, bearer } = await addTotpUser();
    const made = await scene.server.call('POST', '/api/v1/user/mfa/recovery_code', {
      bearer,
      body: { password: testPassword },
    });
    const page = await scene.openPage('/sign');
    await fillSignIn(page, username);
    await page.getByRole('button', { name: 'Recovery code' }).click();
    await takeScreenshots(page, 'sign-recovery-code');
    await page.getByLabel('Recovery code').fill(made.json.recovery_codes[0]);
    await page.getByRole('button', { name: 'Verify' }).click();
    await waitUntilSignedIn(page);
  });

  test('begins anew once the time for it is over', async () => {
    const { username, app } = await addTotpUser();
    const page = await scene.openPage('/sign');
    await fillSignIn(page, username);
    await page.getByLabel('Code from your authenticator app').waitFor();
    await scene.advance({ minutes: 21 });
    await page.getByLabel('Code from your authenticator app').fill(app.code());
    await page.getByText('Please sign in again.').waitFor();
    assert.equal(await page.getByLabel('E-mail address').inputValue(), username);
  });

  test('of an organisation that requires one is set up on the way in: an app', async () => {
    const username = await addStrictUser();
    const page = await scene.openPage('/sign');
    await fillSignIn(page, username);
    await page.getByRole('heading', { name: 'Set up a second step' }).waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'sign-enrolment');
    await page.getByRole('button', { name: /^Authenticator app/ }).click();
    await page.getByRole('img', { name: /^QR code/ }).waitFor();
    await page.reload();
    await fillSignIn(page, username);
    await page.getByRole('button', { name: /^Authenticator app/ }).click();
    await page.getByRole('img', { name: /^QR code/ }).waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'sign-enrolment-app');
    const app = await appOf(page);
    await page.getByLabel('The code that the app shows').fill(app.code());
    await page.getByText('enter the next code').waitFor();
    await scene.advance({ seconds: 30 });
    await page.getByLabel('Code from your authenticator app').fill(app.code());
    await waitUntilSignedIn(page);
  });

  test('of an organisation that requires one is set up on the way in: a passkey, which signs in from then on', async () => {
    const username = await addStrictUser();
    const device = await scene.openBrowser();
    const page = await device.newPage();
    await addVirtualAuthenticator(page);
    await page.goto('/sign');
    await fillSignIn(page, username);
    await page.getByRole('button', { name: /^Passkey/ }).click();
    await page.getByRole('button', { name: 'Create passkey' }).click();
    await page.getByRole('button', { name: 'Use passkey' }).click();
    await waitUntilSignedIn(page);
    await signOut(page);
    await fillSignIn(page, username);
    await checkAccessible(page);
    await takeScreenshots(page, 'sign-passkey');
    await page.getByRole('button', { name: 'Use passkey' }).click();
    await waitUntilSignedIn(page);
  });

  test('says what to do where a passkey is on another device', async () => {
    const username = await addPasskeyUser();
    const page = await scene.openPage('/sign');
    await addVirtualAuthenticator(page);
    await fillSignIn(page, username);
    await page.getByRole('button', { name: 'Use passkey' }).click();
    await page.getByRole('alert').getByText('The passkey was not used').waitFor();
  });
});
