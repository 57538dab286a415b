import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { enrolTotp } from '../support/second-factor.ts';
import type { StoreKind } from '../support/test-server.ts';
import { lastKey } from '../support/waiting-mail.ts';
import { openAsAdministrator } from './administrator.ts';
import { checkAccessible, takeScreenshots } from './look.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { fillSignIn, signIn, waitUntilSignedIn } from './sign-in-steps.ts';
import { choose, rowOf } from './table-steps.ts';

const path = '/organisation-settings/users';

for (const store of ['sqlite', 'postgres'] satisfies StoreKind[]) {
  describe(`the page of the users, on ${store}`, { skip }, () => {
    let scene: PortalScene;
    before(async () => {
      scene = await openPortalScene({ store });
    });
    after(() => scene.close());

    test('roles are changed, and a user is suspended, activated and deleted, with the tokens handed on', async () => {
      const { page, nameOf, organisationId, bearer } = await openAsAdministrator(scene, path);
      await scene.server.addUser({ username: nameOf('ada'), organisationId, role: 'User' });
      const name = nameOf('ada').split('@')[0] ?? '';
      const { auth_token } = await scene.server.signIn(nameOf('ada'));
      const { application_token } = await scene.server.createToken(auth_token, { description: 'Of Ada' });
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
      assert.equal((await scene.server.authenticate({ application_token })).status, 200);
      const { json: tokens } = await scene.server.call('GET', '/api/v1/application_token', { bearer });
      assert.deepEqual([tokens[0].description, tokens[0].creator.username], ['Of Ada', nameOf('admin')]);
    });

    test('users are found by name, by address, and by whether they have a second factor', async () => {
      const { page, nameOf, organisationId } = await openAsAdministrator(scene, path);
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
      await enrolTotp(scene.server, (await scene.server.signIn(nameOf('alpha'))).auth_token);
      await page.getByLabel('Second factor', { exact: true }).selectOption('false');
      await rowOf(page, nameOf('alpha')).waitFor({ state: 'detached' });
      await rowOf(page, nameOf('beta')).waitFor();
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await rowOf(page, nameOf('alpha')).waitFor();
    });
  });
}

describe('the page of the users', { skip }, () => {
  let scene: PortalScene;
  before(async () => {
    scene = await openPortalScene();
  });
  after(() => scene.close());

  test('somebody is invited, follows the mail, sets a password, and is there', async () => {
    const { page, nameOf } = await openAsAdministrator(scene, path);
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
    const { page, nameOf } = await openAsAdministrator(scene, path);
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('E-mail address').fill(nameOf('admin'));
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Me again');
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await page.getByText('This person is in the organisation already').waitFor();
  });

  test('the second factors of a user who has lost theirs are removed, and the user may sign in with the password', async () => {
    const { page, nameOf, organisationId } = await openAsAdministrator(scene, path);
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

  test('who may not see the users is told so', async () => {
    const { nameOf, organisationId } = await openAsAdministrator(scene, path);
    await scene.server.addUser({ username: nameOf('user'), organisationId, role: 'User' });
    const page = await scene.openPage(path);
    await signIn(page, nameOf('user'));
    await page.getByText('Only administrators see who works here.').waitFor();
    await checkAccessible(page);
  });
});
