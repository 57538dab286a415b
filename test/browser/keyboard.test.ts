import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from '@playwright/test';
import { testPassword } from '../support/test-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { signIn, waitUntilSignedIn } from './sign-in-steps.ts';

const patienceSeconds = 30;

/** What has the focus: its name, and whether the eye can tell. */
const focused = `(() => {
  const element = document.activeElement;
  const isMarked = (one) => {
    if (one === null) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2) || boxShadow.includes('0px 0px 0px 3px');
  };
  const name = element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent ?? '';
  return {
    isPage: element === document.body,
    name: name.trim(),
    // A switch is marked on the track beside it.
    isVisible: [element, element.nextElementSibling, element.parentElement].some(isMarked),
  };
})()`;

interface Focus {
  readonly isPage: boolean;
  readonly name: string;
  readonly isVisible: boolean;
}

describe('the portal by keyboard alone', { skip }, () => {
  let scene: PortalScene;
  let organisationId: number;
  let count = 0;

  before(async () => {
    scene = await openPortalScene();
    organisationId = (await scene.server.addOrganisation('Acme')).id;
  });
  after(() => scene.close());

  const focusOf = (page: Page) => page.evaluate<Focus>(focused);

  /** Waits until what is called so has the focus. */
  const untilFocused = (page: Page, name: string) =>
    waitUntil(`the focus is on ${name}`, patienceSeconds, async () => (await focusOf(page)).name.startsWith(name));

  /** An administrator with a token, before a page. */
  async function open(path: string): Promise<Page> {
    count += 1;
    const username = `user${count}@example.com`;
    await scene.server.addUser({ username, organisationId });
    const { auth_token: bearer } = await scene.server.signIn(username);
    await scene.server.createToken(bearer, { description: `Token ${count}` });
    const page = await scene.openPage(path);
    await signIn(page, username);
    return page;
  }

  /** Goes to a button by Tab, and presses Enter on it. */
  async function press(page: Page, name: string): Promise<void> {
    await tabTo(page, name);
    await page.keyboard.press('Enter');
  }

  async function tabTo(page: Page, name: string): Promise<void> {
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab');
      if ((await focusOf(page)).name.startsWith(name)) return;
    }
    assert.fail(`Tab leads to no ${name}`);
  }

  test('somebody signs in, and every stop on the way is visible', async () => {
    const username = 'keys@example.com';
    await scene.server.addUser({ username, organisationId });
    const page = await scene.openPage('/sign');
    await untilFocused(page, 'E-mail address');
    await page.keyboard.type(username);
    const stops: string[] = [];
    for (let stop = await focusOf(page); !stop.isPage; stop = await focusOf(page)) {
      assert.ok(stop.isVisible, `the focus on ${stop.name} is seen`);
      stops.push(stop.name);
      await page.keyboard.press('Tab');
    }
    assert.deepEqual(stops, [
      'E-mail address',
      'Password',
      'Show password',
      'Sign in',
      'Forgotten your password?',
      'Sign up',
    ]);
    await page.getByLabel('Password', { exact: true }).focus();
    await page.keyboard.type(testPassword);
    await page.keyboard.press('Enter');
    await waitUntilSignedIn(page);
    await untilFocused(page, 'Start');
  });

  for (const { path, last } of [
    { path: '/', last: /^Let it end in 90 days/ },
    { path: '/integrations', last: /^Actions for Token / },
    { path: '/integrations#connect', last: /^Copy OAuth 2 metadata/ },
    { path: '/organisation-settings/users', last: /^now$/ },
    { path: '/organisation-settings/details', last: /^Save$/ },
    { path: '/organisation-settings/sign-in', last: /^Require a second factor/ },
    { path: '/user-settings', last: /^Download my data$/ },
  ]) {
    test(`every stop on ${path} is visible, from the link past the navigation to the last one`, async () => {
      const page = await open(path);
      await page.reload();
      const main = page.getByRole('main');
      await main.getByRole('button').or(main.getByRole('switch')).last().waitFor();
      await page.getByRole('button', { name: /^Account: ./ }).waitFor();
      const stops: string[] = [];
      for (let step = 0; step < 120; step += 1) {
        await page.keyboard.press('Tab');
        const { isPage, name, isVisible } = await focusOf(page);
        // At the end the browser's own controls come, or the first stop anew.
        if (isPage || (stops.length > 0 && name === stops[0])) break;
        assert.ok(isVisible, `the focus on ${name} is seen`);
        stops.push(name);
      }
      assert.equal(stops[0], 'Skip to content');
      assert.match(stops.at(-1) ?? '', last);
    });
  }

  test('the navigation is passed over, and the page stays the same', async () => {
    const page = await open('/integrations#connect');
    await page.reload();
    await page.getByRole('button', { name: 'Copy Issuer (iss)' }).waitFor();
    await page.keyboard.press('Tab');
    await untilFocused(page, 'Skip to content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await untilFocused(page, 'curl');
    assert.equal(new URL(page.url()).hash, '#connect');
    await page.keyboard.press('ArrowRight');
    await untilFocused(page, 'Node.js');
  });

  test('a dialogue has the focus in its first field and gives it back to what opened it', async () => {
    const page = await open('/integrations');
    await page.getByText(`Token ${count}`).waitFor();
    await press(page, 'Add Token');
    await untilFocused(page, 'Description');
    await page.keyboard.press('Shift+Tab');
    await untilFocused(page, 'Close');
    await page.keyboard.press('Shift+Tab');
    await untilFocused(page, 'Create Application Token');
    await page.keyboard.press('Escape');
    await untilFocused(page, 'Add Token');
    await press(page, `Actions for Token ${count}`);
    await untilFocused(page, 'Edit');
    await page.keyboard.press('ArrowDown');
    await untilFocused(page, 'Rotate');
    await page.keyboard.press('Enter');
    await untilFocused(page, 'Keep the old secret working');
    await page.keyboard.press('Escape');
    await untilFocused(page, `Actions for Token ${count}`);
  });

  test('a token is revoked, the safe answer first; with what opened the question gone, the focus is on the title', async () => {
    const page = await open('/integrations');
    await page.getByText(`Token ${count}`).waitFor();
    await press(page, `Actions for Token ${count}`);
    await untilFocused(page, 'Edit');
    await page.keyboard.press('ArrowUp');
    await untilFocused(page, 'Revoke');
    await page.keyboard.press('Enter');
    await untilFocused(page, 'Cancel');
    await press(page, 'Revoke Token');
    await page.getByText(`Revoked Token ${count}`).waitFor();
    await untilFocused(page, 'Application tokens');
  });

  test('a switch keeps the focus while it is being set, and has it back after a question', async () => {
    const { id } = await scene.server.addOrganisation('Switched');
    await scene.server.addUser({ username: 'switch@example.com', organisationId: id });
    const page = await scene.openPage('/organisation-settings/sign-in');
    await signIn(page, 'switch@example.com');
    await tabTo(page, 'Require a second factor');
    await page.keyboard.press('Space');
    await page.getByText('A second factor is required now').waitFor();
    await page.getByRole('switch', { checked: true }).waitFor();
    await untilFocused(page, 'Require a second factor');
    await page.keyboard.press('Space');
    await untilFocused(page, 'Cancel');
    await page.keyboard.press('Escape');
    await untilFocused(page, 'Require a second factor');
  });

  test('a menu has the focus in its first entry and gives it back to its button', async () => {
    const page = await open('/integrations');
    await page.getByText('Token', { exact: false }).first().waitFor();
    await tabTo(page, 'Actions for Token');
    await page.keyboard.press('Enter');
    await untilFocused(page, 'Edit');
    await page.keyboard.press('ArrowDown');
    await untilFocused(page, 'Rotate');
    await page.keyboard.press('Escape');
    await untilFocused(page, 'Actions for Token');
  });

  test('a button keeps the focus while what it has set off is on its way, and ignores being pressed', async () => {
    const page = await open('/user-settings');
    const { promise: seen, resolve: release } = Promise.withResolvers<void>();
    const calls: string[] = [];
    await page.route('**/api/v1/user/my/data', async (route) => {
      calls.push(route.request().url());
      await seen;
      await route.continue();
    });
    await tabTo(page, 'Download');
    await page.keyboard.press('Enter');
    await page.locator('button[aria-disabled="true"]').waitFor();
    await untilFocused(page, 'Download');
    await page.keyboard.press('Enter');
    release();
    await page.locator('button[aria-disabled="true"]').waitFor({ state: 'detached' });
    await untilFocused(page, 'Download');
    assert.equal(calls.length, 1);
  });
});
