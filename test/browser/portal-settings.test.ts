import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccessible, takeScreenshots } from './look.ts';
import { openPortalScene, skip } from './portal-scene.ts';

test('who comes to a service that is not set up is sent to the set-up', { skip }, async () => {
  const scene = await openPortalScene();
  const page = await scene.openPage('/');
  await page.getByText('Keywright is not set up yet').waitFor();
  await checkAccessible(page);
  await takeScreenshots(page, 'sign-setup-due');
  await page.getByRole('link', { name: 'Set up Keywright' }).click();
  await page.getByRole('heading', { name: 'Set up Keywright' }).waitFor();
  await scene.close();
});

test('where sign-up is closed it is not offered, and who goes there all the same is told', { skip }, async () => {
  const scene = await openPortalScene({ env: { KEYWRIGHT_SIGNUP: 'invite' } });
  await scene.server.addOrganisation('Acme');
  const page = await (await scene.openBrowser()).newPage();
  const settings = page.waitForResponse('**/portal/settings');
  await page.goto('/sign');
  await (await settings).finished();
  await page.getByRole('link', { name: 'Forgotten your password?' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Sign up' }).count(), 0);
  await page.goto('/sign?view=sign-up');
  await page.getByText('New accounts are made by administrators here.').waitFor();
  await checkAccessible(page);
  await scene.close();
});

test('over plain HTTP from another machine, the page says that signing in takes HTTPS', { skip }, async () => {
  const scene = await openPortalScene({ env: { KEYWRIGHT_PUBLIC_URL: 'http://auth.example.com' } });
  const page = await scene.openPage('/sign');
  await page.getByText('Signing in takes HTTPS.').waitFor();
  await checkAccessible(page);
  await scene.close();
});
