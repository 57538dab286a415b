import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openAsAdministrator } from './administrator.ts';
import { checkAccessible, takeScreenshots } from './look.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { fillSignIn, signIn } from './sign-in-steps.ts';

describe('the pages of an organisation', { skip }, () => {
  let scene: PortalScene;
  before(async () => {
    scene = await openPortalScene();
  });
  after(() => scene.close());

  test('an organisation is renamed, and a second factor is required of the next who signs in', async () => {
    const { page, nameOf, organisationId } = await openAsAdministrator(scene, '/organisation-settings/details');
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
    const { nameOf, organisationId } = await openAsAdministrator(scene, '/');
    await scene.server.addUser({ username: nameOf('observer'), organisationId, role: 'Observer' });
    const page = await scene.openPage('/organisation-settings/details');
    await signIn(page, nameOf('observer'));
    await page.getByText('Your roles let you look at this').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Save' }).count(), 0);
  });
});
