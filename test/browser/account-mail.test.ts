import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from '@playwright/test';
import { keyOf, takeMails } from '../support/received-mail.ts';
import { testPassword } from '../support/test-server.ts';
import { checkAccessible, takeScreenshots } from './look.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { fillSignIn, signIn, waitUntilSignedIn } from './sign-in-steps.ts';

const newPassword = 'correct horse battery staple';

describe('the pages behind mails, on PostgreSQL', { skip }, () => {
  let scene: PortalScene;
  let organisationId: number;
  let administrator: string;

  before(async () => {
    scene = await openPortalScene({ store: 'postgres' });
    organisationId = (await scene.server.addOrganisation('Acme')).id;
    await scene.server.addUser({ username: 'admin@example.com', organisationId });
    administrator = (await scene.server.signIn('admin@example.com')).auth_token;
  });
  after(() => scene.close());

  /** Where the link of the latest mail to somebody leads. */
  async function linkTo(address: string): Promise<string> {
    const mail = (await takeMails(scene.server)).filter(({ to }) => to === address).at(-1);
    return `/activation?activationKey=${encodeURIComponent(keyOf(mail))}`;
  }

  async function choosePassword(page: Page, button: string, password = newPassword): Promise<void> {
    await page.getByLabel('New password', { exact: true }).fill(password);
    await page.getByRole('button', { name: button }).click();
  }

  test('a sign-up makes an account with an organisation once its mail is followed', async () => {
    const page = await scene.openPage('/sign');
    await page.getByRole('link', { name: 'Sign up' }).click();
    await page.getByLabel('Organisation').fill('New Ltd');
    await page.getByLabel('Your name').fill('Nora New');
    await page.getByLabel('E-mail address').fill('nora@example.com');
    await page.getByLabel('Password', { exact: true }).fill('password');
    await checkAccessible(page);
    await takeScreenshots(page, 'sign-up');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('one of the most common passwords').waitFor();
    await takeScreenshots(page, 'sign-up-problem');
    await page.getByLabel('Password', { exact: true }).fill(newPassword);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('We have sent a link to nora@example.com').waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'mail-sent');
    await page.goto(await linkTo('nora@example.com'));
    await page.getByText('the account of nora@example.com').waitFor();
    await takeScreenshots(page, 'activation-sign-up');
    await choosePassword(page, 'Confirm');
    await page.getByText('You can sign in now.').waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, 'nora@example.com', newPassword);
    await page.getByText('New Ltd').first().waitFor();
  });

  test('who was made by an administrator chooses a password, and the key is gone from address and history at once', async () => {
    const body = { username: 'made@example.com', name: 'Made' };
    assert.equal((await scene.server.call('POST', '/api/v1/user', { bearer: administrator, body })).status, 201);
    const page = await scene.openPage(await linkTo('made@example.com'));
    await page.getByText('Choose a password for made@example.com.').waitFor();
    assert.equal(new URL(page.url()).search, '');
    await checkAccessible(page);
    await takeScreenshots(page, 'activation');
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.getByText('Please fill this in.').waitFor();
    await choosePassword(page, 'Activate', 'short');
    await page.getByText('At least 8 characters.').waitFor();
    await choosePassword(page, 'Activate');
    await page.getByRole('link', { name: 'Sign in' }).click();
    assert.equal(await page.getByLabel('E-mail address').inputValue(), 'made@example.com');
    await signIn(page, 'made@example.com', newPassword);
    await page.goBack();
    await page.goBack();
    assert.ok(!page.url().includes('activationKey'));
  });

  test('a link is followed undisturbed while the page finds out that nobody is signed in', async () => {
    const body = { username: 'patient@example.com', name: 'Patient' };
    assert.equal((await scene.server.call('POST', '/api/v1/user', { bearer: administrator, body })).status, 201);
    const page = await (await scene.openBrowser()).newPage();
    const asked = page.waitForRequest('**/portal/activation');
    const refused = page.waitForResponse('**/portal/session/refresh');
    await page.route('**/portal/session/refresh', async (route) => {
      await asked;
      await route.continue();
    });
    await page.route('**/portal/activation', async (route) => {
      await (await refused).finished();
      await route.continue();
    });
    await page.goto(await linkTo('patient@example.com'));
    await page.getByText('Choose a password for patient@example.com.').waitFor();
  });

  test('an invitation of somebody who has an account is accepted with the password left as it is', async () => {
    const elsewhere = await scene.server.addOrganisation('Elsewhere');
    await scene.server.addUser({ username: 'guest@example.com', organisationId: elsewhere.id });
    const body = { username: 'guest@example.com', name: 'Guest' };
    const invited = await scene.server.call('POST', '/api/v2/user/invitation', { bearer: administrator, body });
    assert.equal(invited.status, 201, invited.text);
    const page = await scene.openPage(await linkTo('guest@example.com'));
    await takeScreenshots(page, 'activation-invitation');
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByText('You can sign in now.').waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'activation-done');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, 'guest@example.com');
    await page.getByRole('button', { name: 'Switch workspace: Elsewhere' }).click();
    await page.getByRole('menuitemradio', { name: 'Acme' }).click();
    await page.getByRole('status').getByText('You now work in Acme').waitFor();
    await page.getByRole('button', { name: 'Switch workspace: Acme' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Switch workspace: Acme' }).waitFor();
  });

  test('a new e-mail address is confirmed with the current password, in German too', async () => {
    const { id } = await scene.server.addUser({ username: 'before@example.com', organisationId });
    const body = { username: 'after@example.com' };
    const path = `/api/v1/user/${id}`;
    assert.equal((await scene.server.call('PATCH', path, { bearer: administrator, body })).status, 204);
    const link = await linkTo('after@example.com');
    const page = await scene.openPage(link);
    await page.getByText('From now on you sign in as after@example.com.').waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'activation-username');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('Please fill this in.').waitFor();
    await page.getByLabel('Current password', { exact: true }).fill(newPassword);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('This is not your password.').waitFor();
    const german = await (await scene.openBrowser({ locale: 'de-DE' })).newPage();
    await german.goto(link);
    await german.getByLabel('Bisheriges Passwort', { exact: true }).fill(testPassword);
    await checkAccessible(german);
    await german.getByRole('button', { name: 'Bestätigen' }).click();
    await german.getByText('Sie können sich jetzt anmelden.').waitFor();
    await german.getByRole('link', { name: 'Anmelden' }).click();
    assert.equal(await german.getByLabel('E-Mail-Adresse').inputValue(), 'after@example.com');
    await german.getByLabel('Passwort', { exact: true }).fill(testPassword);
    await german.getByRole('button', { name: 'Anmelden', exact: true }).click();
    await waitUntilSignedIn(german);
  });

  test('a forgotten password is replaced by mail, and the old one works no more', async () => {
    await scene.server.addUser({ username: 'absent@example.com', organisationId });
    const page = await scene.openPage('/sign');
    await page.getByRole('link', { name: 'Forgotten your password?' }).click();
    await takeScreenshots(page, 'forgotten-password');
    await page.getByLabel('E-mail address').fill('absent@example.com');
    await page.getByRole('button', { name: 'Send link' }).click();
    await page.getByText('a link is on its way').waitFor();
    await page.goto(await linkTo('absent@example.com'));
    await choosePassword(page, 'Set password');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await fillSignIn(page, 'absent@example.com', testPassword);
    await page.getByText('Wrong e-mail address or password.').waitFor();
    await signIn(page, 'absent@example.com', newPassword);
  });

  test('a link that was used, or none, says so and how to come by another', async () => {
    const body = { username: 'twice@example.com', name: 'Twice' };
    assert.equal((await scene.server.call('POST', '/api/v1/user', { bearer: administrator, body })).status, 201);
    const link = await linkTo('twice@example.com');
    const page = await scene.openPage(link);
    const late = await page.context().newPage();
    await late.goto(link);
    await choosePassword(page, 'Activate');
    await page.getByText('You can sign in now.').waitFor();
    await choosePassword(late, 'Activate');
    await late.getByRole('heading', { name: 'This link does not work' }).waitFor();
    await page.goto(link);
    await page.getByRole('alert').getByText('It was used already').waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'activation-bad-link');
    await page.getByRole('link', { name: 'To activate your account' }).click();
    await page.getByRole('heading', { name: 'Activate your account' }).waitFor();
    await page.goto('/activation');
    await page.getByRole('heading', { name: 'This link does not work' }).waitFor();
  });
});
