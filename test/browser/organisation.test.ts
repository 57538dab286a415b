import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from '@playwright/test';
import { enrolTotp } from '../support/second-factor.ts';
import { lastKey } from '../support/waiting-mail.ts';
import { checkAccessible, takeScreenshots } from './look.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { fillSignIn, signIn, waitUntilSignedIn } from './sign-in-steps.ts';

const usersPath = '/organisation-settings/users';

describe('the pages of an organisation', { skip }, () => {
  let scene: PortalScene;
  let count = 0;
  before(async () => {
    scene = await openPortalScene();
  });
  after(() => scene.close());

  interface Place {
    readonly page: Page;
    readonly bearer: string;
    readonly organisationId: number;
    readonly nameOf: (name: string) => string;
  }

  /** A page before the administrator of an organisation of its own. */
  async function open(path: string): Promise<Place> {
    count += 1;
    const nameOf = (name: string) => `${name}${count}@example.com`;
    const organisation = await scene.server.addOrganisation(`Acme ${count}`);
    await scene.server.addUser({ username: nameOf('admin'), organisationId: organisation.id });
    const { auth_token: bearer } = await scene.server.signIn(nameOf('admin'));
    const page = await scene.openPage(path);
    await signIn(page, nameOf('admin'));
    return { page, bearer, organisationId: organisation.id, nameOf };
  }

  const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });

  async function choose(page: Page, name: string, deed: string): Promise<void> {
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: deed }).click();
  }

  test('somebody is invited, follows the mail, sets a password, and is there', async () => {
    const { page, nameOf } = await open(usersPath);
    const username = nameOf('grace');
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('dialog').waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'invite');
    await page.getByLabel('E-mail address').fill(username);
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Grace');
    await page.getByLabel('Observer').check();
    await page.getByRole('dialog').getByRole('checkbox', { name: 'User' }).uncheck();
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await page.getByText(`A mail goes to ${username}`).waitFor();
    await rowOf(page, 'Grace').getByText('Invited').waitFor();
    const key = await lastKey(scene.server, username);
    const other = await scene.openPage(`/activation?activationKey=${encodeURIComponent(key)}`);
    await other.waitForURL('/activation');
    await other.getByLabel('New password', { exact: true }).fill('a password of her own');
    await other.keyboard.press('Enter');
    await other.getByRole('link', { name: 'Sign in' }).click();
    await fillSignIn(other, username, 'a password of her own');
    await waitUntilSignedIn(other);
    await page.reload();
    await rowOf(page, 'Grace').getByText('Active').waitFor();
    await rowOf(page, 'Grace').getByText('Observer').waitFor();
  });

  test('an invitation of somebody who is there already says so at the field', async () => {
    const { page, nameOf } = await open(usersPath);
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('E-mail address').fill(nameOf('admin'));
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Me again');
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await page.getByText('This person is in the organisation already').waitFor();
  });

  test('roles are changed, and a user is suspended, activated and deleted', async () => {
    const { page, nameOf, organisationId, bearer } = await open(usersPath);
    await scene.server.addUser({ username: nameOf('ada'), organisationId, role: 'User' });
    const name = nameOf('ada').split('@')[0] ?? '';
    await page.reload();
    await choose(page, name, 'Change roles');
    await page.getByRole('dialog').getByRole('checkbox', { name: 'User' }).uncheck();
    await page.getByRole('dialog').getByRole('checkbox', { name: 'Administrator' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await rowOf(page, nameOf('ada')).getByText('Administrator').waitFor();
    const statusOf = async () => {
      const { json } = await scene.server.call('GET', `/api/v1/user/${nameOf('ada')}`, { bearer });
      return json.status?.id;
    };
    await choose(page, name, 'Suspend');
    await page
      .getByRole('dialog', { name: `Suspend ${name}?` })
      .getByRole('button', { name: 'Suspend' })
      .click();
    await rowOf(page, nameOf('ada')).getByText('Suspended').waitFor();
    assert.equal(await statusOf(), 2);
    await choose(page, name, 'Activate');
    await rowOf(page, nameOf('ada')).getByText('Active').waitFor();
    assert.equal(await statusOf(), 1);
    await choose(page, name, 'Delete account');
    await page.getByLabel('Their application tokens').selectOption({ index: 1 });
    await page.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click();
    await rowOf(page, nameOf('ada')).waitFor({ state: 'detached' });
    assert.equal(await statusOf(), undefined);
  });

  test('the second factors of a user who has lost theirs are removed, and the user may sign in with the password', async () => {
    const { page, nameOf, organisationId } = await open(usersPath);
    await scene.server.addUser({ username: nameOf('lost'), organisationId });
    await enrolTotp(scene.server, (await scene.server.signIn(nameOf('lost'))).auth_token);
    await page.reload();
    const name = nameOf('lost').split('@')[0] ?? '';
    await rowOf(page, nameOf('lost')).getByText('On', { exact: true }).waitFor();
    await choose(page, name, 'Remove second factors');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove second factors' }).click();
    await rowOf(page, nameOf('lost')).getByText('None', { exact: true }).waitFor();
    await signIn(await scene.openPage('/sign'), nameOf('lost'));
  });

  test('users are found by name and by address', async () => {
    const { page, nameOf, organisationId } = await open(usersPath);
    for (const name of ['alpha', 'beta']) await scene.server.addUser({ username: nameOf(name), organisationId });
    await page.reload();
    await rowOf(page, nameOf('beta')).waitFor();
    await page.getByRole('searchbox').fill('alph');
    await rowOf(page, nameOf('beta')).waitFor({ state: 'detached' });
    await rowOf(page, nameOf('alpha')).waitFor();
    await page.getByRole('searchbox').fill(nameOf('beta'));
    await rowOf(page, nameOf('beta')).waitFor();
    await checkAccessible(page);
    await page.getByRole('searchbox').fill('');
    await rowOf(page, nameOf('admin')).waitFor();
    await takeScreenshots(page, 'users');
  });

  test('an organisation is renamed, and a second factor is required of the next who signs in', async () => {
    const { page, nameOf, organisationId } = await open('/organisation-settings/details');
    await page.getByLabel('Name', { exact: true }).fill('Analytical Engines');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'organisation-details');
    await page.getByRole('link', { name: 'Sign-in' }).click();
    await page.getByRole('switch', { name: 'Require a second factor' }).click();
    await page.getByText('A second factor is required now').waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'organisation-sign-in');
    await scene.server.addUser({ username: nameOf('next'), organisationId });
    const other = await scene.openPage('/sign');
    await fillSignIn(other, nameOf('next'));
    await other.getByRole('button', { name: /Authenticator app/ }).waitFor();
    await page.getByRole('switch', { name: 'Require a second factor' }).click();
    await page.getByRole('button', { name: 'Do not require it' }).click();
    await page.getByText('A second factor is no longer required').waitFor();
  });

  test('who may not change an organisation sees it, and no way to change it', async () => {
    const { nameOf, organisationId } = await open('/');
    await scene.server.addUser({ username: nameOf('observer'), organisationId, role: 'Observer' });
    const page = await scene.openPage('/organisation-settings/details');
    await signIn(page, nameOf('observer'));
    await page.getByText('Your roles let you look at this').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Save' }).count(), 0);
  });

  test('what was refused is found among the events, with the request id that its caller was told', async () => {
    const { page, nameOf } = await open('/events');
    const refused = await scene.server.authenticate({ username: nameOf('admin'), password: 'wrong' });
    await scene.server.flush();
    await page.reload();
    const row = rowOf(page, 'User authentication failed');
    await row.getByText('Warning').waitFor();
    await row.getByRole('button', { name: /^Details of/ }).click();
    const requestId = refused.headers.get('x-request-id') ?? '';
    await page.getByRole('dialog').getByText(requestId).waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'event');
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Request id' }).fill(requestId);
    await page.getByRole('textbox', { name: 'Request id' }).press('Enter');
    await page.getByText('1–1 of 1').waitFor();
    await page.getByLabel('Severity', { exact: true }).selectOption('0');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await rowOf(page, 'User signed in').first().waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'events');
  });
});
