import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from '@playwright/test';
import { testPassword } from '../support/test-server.ts';
import { checkAccessible, takeScreenshots } from './look.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { fillSignIn, signIn, waitUntilSignedIn } from './sign-in-steps.ts';

describe('the sign-in page', { skip }, () => {
  let scene: PortalScene;
  let organisationId: number;
  let count = 0;

  before(async () => {
    scene = await openPortalScene();
    organisationId = (await scene.server.addOrganisation('Acme')).id;
  });
  after(() => scene.close());

  async function addUser(): Promise<string> {
    count += 1;
    const username = `user${count}@example.com`;
    await scene.server.addUser({ username, organisationId });
    return username;
  }

  test('takes who signs in to where they wanted to go, and keeps no token in storage or address', async () => {
    const username = await addUser();
    const page = await scene.openPage('/?from=mail#here');
    await signIn(page, username);
    await page.waitForURL('/?from=mail#here');
    assert.deepEqual(await storedNames(page), ['keywright-device']);
    const cookies = await page.context().cookies();
    assert.deepEqual(
      cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]),
      [['keywright_session', true, 'Strict']],
    );
  });

  test('goes on signed in after a reload, and asks nobody who is signed in', async () => {
    const page = await scene.openPage('/sign');
    await signIn(page, await addUser());
    await page.reload();
    await waitUntilSignedIn(page);
    await page.goto('/sign?next=/%3Fagain=1');
    await page.waitForURL('/?again=1');
  });

  test('leads to no other site', async () => {
    const page = await scene.openPage('/sign?next=//evil.example/');
    await signIn(page, await addUser());
    await page.waitForURL('/');
  });

  test('says that a password is wrong, and lets the right one follow', async () => {
    const username = await addUser();
    const page = await scene.openPage('/sign');
    await fillSignIn(page, username, 'not the password');
    await page.getByRole('alert').getByText('Wrong e-mail address or password.').waitFor();
    assert.equal(await page.locator(':focus').getAttribute('name'), 'password');
    await takeScreenshots(page, 'sign-wrong-password');
    await page.keyboard.type(testPassword);
    await page.keyboard.press('Enter');
    await waitUntilSignedIn(page);
  });

  test('sends a password as it was typed, spaces and all', async () => {
    const password = '  zwölf Boxkämpfer  ';
    await scene.server.addUser({ username: 'spaces@example.com', organisationId, password });
    const page = await scene.openPage('/sign');
    await signIn(page, 'spaces@example.com', password);
  });

  test('counts down while the account is locked, and lets in afterwards', async () => {
    const username = await addUser();
    const page = await scene.openPage('/sign');
    for (const attempt of ['first', 'second', 'third']) {
      await fillSignIn(page, username, `${attempt} wrong password`);
      await page.getByText('Wrong e-mail address or password.').waitFor();
    }
    await fillSignIn(page, username, testPassword);
    await page.getByRole('heading', { name: 'Locked for a moment' }).waitFor();
    assert.match(await page.getByRole('timer').innerText(), /^(5:00|4:5\d)$/);
    await checkAccessible(page);
    await takeScreenshots(page, 'sign-locked');
    await scene.advance({ minutes: 4 });
    assert.match(await page.getByRole('timer').innerText(), /^(1:00|0:[45]\d)$/);
    await scene.advance({ minutes: 1 });
    await page.getByText('You can try again now.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(testPassword);
    await page.keyboard.press('Enter');
    await waitUntilSignedIn(page);
  });

  test('speaks German to who reads it, and to who asks for it', async () => {
    const german = await scene.openPage('/sign', { locale: 'de-AT' });
    await german.getByRole('heading', { name: 'Bei Keywright anmelden' }).waitFor();
    assert.equal(await german.locator('html').getAttribute('lang'), 'de');
    const english = await scene.openPage('/sign');
    await english.getByLabel('Language').selectOption('Deutsch');
    await english.getByRole('heading', { name: 'Bei Keywright anmelden' }).waitFor();
    await english.reload();
    await english.getByRole('heading', { name: 'Bei Keywright anmelden' }).waitFor();
    await takeScreenshots(english, 'sign-german');
  });

  test('works with the keyboard alone', async () => {
    const username = await addUser();
    const page = await scene.openPage('/sign');
    await page.getByLabel('E-mail address').waitFor();
    await page.keyboard.type(username);
    await page.keyboard.press('Tab');
    await page.keyboard.type(testPassword);
    await page.keyboard.press('Enter');
    await waitUntilSignedIn(page);
    await page.keyboard.press('Tab');
    await page.getByRole('link', { name: 'Skip to content' }).waitFor();
  });

  test('has nothing that axe finds wrong, in either theme', async () => {
    const page = await scene.openPage('/sign');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('No account yet?').waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'sign');
  });

  test('the frame around the pages has nothing that axe finds wrong, with the menu open and closed', async () => {
    const page = await scene.openPage('/sign');
    await signIn(page, await addUser());
    await checkAccessible(page);
    await takeScreenshots(page, 'start');
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'user-menu');
  });
});

async function storedNames(page: Page): Promise<string[]> {
  const { origins } = await page.context().storageState();
  return origins.flatMap(({ localStorage }) => localStorage.map(({ name }) => name));
}
