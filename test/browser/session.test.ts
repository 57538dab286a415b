import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BrowserContext, Page } from '@playwright/test';
import { followLink } from '../support/waiting-mail.ts';
import { checkAccessible } from './look.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { signIn, signOut, waitUntilSignedIn } from './sign-in-steps.ts';

describe('the session of the portal', { skip }, () => {
  let scene: PortalScene;
  let organisationId: number;
  let count = 0;

  before(async () => {
    scene = await openPortalScene();
    organisationId = (await scene.server.addOrganisation('Acme')).id;
  });
  after(() => scene.close());

  /** A browser with somebody signed in, in as many tabs. */
  async function openTabs(many: number): Promise<{ username: string; context: BrowserContext; tabs: Page[] }> {
    count += 1;
    const username = `user${count}@example.com`;
    await scene.server.addUser({ username, organisationId });
    const context = await scene.openBrowser();
    const first = await context.newPage();
    await first.goto('/sign');
    await signIn(first, username);
    const tabs = [first];
    while (tabs.length < many) {
      const tab = await context.newPage();
      await tab.goto(`/?tab=${tabs.length}`);
      await waitUntilSignedIn(tab);
      tabs.push(tab);
    }
    return { username, context, tabs };
  }

  /** Gives a user a place in another organisation, and answers its administrator's token. */
  async function addPlace(username: string, name: string): Promise<{ bearer: string; id: number }> {
    const { id } = await scene.server.addOrganisation(name);
    const administrator = `${name.toLowerCase()}@example.com`;
    await scene.server.addUser({ username: administrator, organisationId: id });
    const { auth_token: bearer } = await scene.server.signIn(administrator);
    const body = { username, name: 'Guest' };
    assert.equal((await scene.server.call('POST', '/api/v2/user/invitation', { bearer, body })).status, 201);
    await followLink(scene.server, username);
    return { bearer, id };
  }

  /** Ends every session of a user, as an administrator would. */
  async function endSessions(username: string): Promise<void> {
    const { auth_token: bearer } = await scene.server.signIn(username);
    const ended = await scene.server.call('DELETE', '/api/v1/user/my/session', { bearer });
    assert.equal(ended.status, 204, ended.text);
  }

  test('who signs out in one tab is signed out in every other', async () => {
    const { tabs } = await openTabs(2);
    const [one, other] = tabs as [Page, Page];
    await signOut(one);
    await other.getByText('You are signed out.').waitFor();
    await other.goto('/');
    await other.getByRole('heading', { name: 'Sign in to Keywright' }).waitFor();
  });

  test('who signs in in one tab is signed in in the other, where each wanted to go', async () => {
    const { tabs, username } = await openTabs(2);
    const [one, other] = tabs as [Page, Page];
    await signOut(one);
    await other.getByText('You are signed out.').waitFor();
    await signIn(one, username);
    await other.waitForURL('/?tab=1');
    await waitUntilSignedIn(other);
  });

  test('a session that ended is noticed in both tabs at the first call of one, and they go on where they were', async () => {
    const { tabs, username } = await openTabs(2);
    const [one, other] = tabs as [Page, Page];
    await endSessions(username);
    await one.goto('/?tab=0');
    await one.getByRole('heading', { name: 'Sign in to Keywright' }).waitFor();
    await other.getByText('Your session has ended.').waitFor();
    await signIn(other, username);
    await other.waitForURL('/?tab=1');
    await one.waitForURL('/?tab=0');
  });

  test('a token is renewed before it ends, once for all tabs, and calls go on', async () => {
    const { context } = await openTabs(3);
    let renewals = 0;
    context.on('request', (request) => {
      if (request.url().endsWith('/portal/session/refresh')) renewals += 1;
    });
    const renewed = context.waitForEvent('response', (response) => response.url().endsWith('/portal/session/refresh'));
    await scene.advance({ minutes: 239, seconds: 30 });
    assert.equal((await renewed).status(), 200);
    await scene.advance({ minutes: 5 });
    const page = await context.newPage();
    await page.goto('/');
    await waitUntilSignedIn(page);
    assert.equal(renewals, 2, 'one for the tabs that were open, and one for the tab that was opened since');
  });

  test('who switches to another workspace in one tab is told in the other, which goes along', async () => {
    const { tabs, username } = await openTabs(2);
    const [one, other] = tabs as [Page, Page];
    await addPlace(username, 'Second');
    await one.reload();
    await one.getByRole('button', { name: 'Switch workspace: Acme' }).click();
    await one.getByRole('menuitemradio', { name: 'Second' }).click();
    await one.getByRole('status').getByText('You now work in Second').waitFor();
    await other.getByRole('status').getByText('You now work in Second: it was changed in another tab').waitFor();
    await other.getByRole('button', { name: 'Switch workspace: Second' }).waitFor();
  });

  test('a dialogue of one workspace is gone once another tab has gone on to another', async () => {
    const { tabs, username } = await openTabs(2);
    const [one, other] = tabs as [Page, Page];
    await addPlace(username, 'Elsewhere');
    await other.goto('/integrations');
    await other.getByRole('button', { name: 'Add First Token' }).click();
    await other.getByRole('textbox', { name: 'Description' }).fill('For Acme');
    await one.reload();
    await one.getByRole('button', { name: 'Switch workspace: Acme' }).click();
    await one.getByRole('menuitemradio', { name: 'Elsewhere' }).click();
    await other.getByRole('button', { name: 'Switch workspace: Elsewhere' }).waitFor();
    await other.getByRole('dialog').waitFor({ state: 'detached' });
    await other.getByText('No application tokens yet').waitFor();
  });

  test('who loses the place that they work in signs in again, into the one that is left', async () => {
    const { tabs, username } = await openTabs(1);
    const [page] = tabs as [Page];
    const { bearer, id } = await addPlace(username, 'Short');
    await page.reload();
    await page.getByRole('button', { name: 'Switch workspace: Acme' }).click();
    await page.getByRole('menuitemradio', { name: 'Short' }).click();
    await page.getByRole('button', { name: 'Switch workspace: Short' }).waitFor();
    const { json: user } = await scene.server.call('GET', `/api/v1/user/${username}`, { bearer });
    const removed = await scene.server.call('DELETE', `/api/v2/user/${user.id}/workspace/${id}`, { bearer });
    assert.equal(removed.status, 204, removed.text);
    await page.getByRole('link', { name: 'Application tokens' }).click();
    await page.getByText('Your session has ended.').waitFor();
    await signIn(page, username);
    await page.getByText('No application tokens yet').waitFor();
    await page.getByText('Acme', { exact: true }).waitFor();
  });

  test('who signs out while another tab is being opened is signed out in both', async () => {
    const { tabs, context } = await openTabs(1);
    const [one] = tabs as [Page];
    const other = await context.newPage();
    const answered = Promise.withResolvers<void>();
    const signingOut = Promise.withResolvers<void>();
    await other.route('**/portal/session/refresh', async (route) => {
      const response = await route.fetch();
      answered.resolve();
      await signingOut.promise;
      await route.fulfill({ response });
    });
    await other.goto('/');
    await answered.promise;
    await one.getByRole('button', { name: /^Account/ }).click();
    await one.getByRole('menuitem', { name: 'Sign out', exact: true }).click();
    await one.waitForFunction(async () => (await navigator.locks.query()).pending?.length === 1);
    signingOut.resolve();
    await other.getByText('You are signed out.').waitFor();
    await one.getByText('You are signed out.').waitFor();
  });

  test('a page that the browser has kept shows nothing until the server has said who is signed in', async () => {
    const { tabs, username } = await openTabs(1);
    const [page] = tabs as [Page];
    // Playwright does not drive pages that come out of the back/forward cache: they get the same events without it.
    const tell = (kind: 'pagehide' | 'pageshow') =>
      page.evaluate(`window.dispatchEvent(new PageTransitionEvent('${kind}', { persisted: true }))`);
    const account = page.getByRole('button', { name: /^Account/ });
    await tell('pagehide');
    await account.waitFor({ state: 'hidden' });
    await tell('pageshow');
    await account.waitFor();
    await tell('pagehide');
    await endSessions(username);
    await account.waitFor({ state: 'hidden' });
    await tell('pageshow');
    await page.getByText('Your session has ended.').waitFor();
  });

  test('sign out everywhere ends the sessions of other browsers', async () => {
    const { username, tabs } = await openTabs(1);
    const elsewhere = await scene.openPage('/sign');
    await signIn(elsewhere, username);
    const [page] = tabs as [Page];
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByText('You are signed out.').waitFor();
    await elsewhere.reload();
    await elsewhere.getByRole('heading', { name: 'Sign in to Keywright' }).waitFor();
  });

  test('a server that is started again under an open page is found again, with a quiet notice in between', async () => {
    const { tabs } = await openTabs(1);
    const [page] = tabs as [Page];
    await page.getByRole('button', { name: /^Account/ }).click();
    const leave = page.getByRole('menuitem', { name: 'Sign out', exact: true });
    await leave.waitFor();
    await scene.stopServer();
    await leave.click();
    await page.getByRole('alert').getByText('The server does not answer.').waitFor();
    await scene.advance({ seconds: 1 });
    await page.getByText('The server does not answer. Trying again').waitFor();
    await scene.startServer();
    await scene.advance({ seconds: 15 });
    await page.getByText('The server does not answer. Trying again').waitFor({ state: 'hidden' });
    await page.keyboard.press('Escape');
    await signOut(page);
  });

  test('a page that is opened while the server is starting waits for it', async () => {
    const { context } = await openTabs(1);
    const page = await context.newPage();
    await page.route('**/portal/session/refresh', (route) => route.abort(), { times: 1 });
    await page.route('**/healthz', (route) => route.abort(), { times: 2 });
    await page.goto('/');
    await scene.advance({ seconds: 20 });
    await scene.advance({ seconds: 20 });
    await waitUntilSignedIn(page);
  });

  test('a page whose code the server no longer has says so, and is there after a reload', async () => {
    const { tabs } = await openTabs(1);
    const [page] = tabs as [Page];
    await page.route('**/assets/events-page-*.js', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByRole('alert').getByText('This page could not be shown').waitFor();
    await page.unroute('**/assets/events-page-*.js');
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('heading', { name: 'Events' }).waitFor();
  });

  test('a menu whose code does not arrive leaves the page as it is, and opens once it does', async () => {
    const username = 'late@example.com';
    await scene.server.addUser({ username, organisationId });
    const context = await scene.openBrowser();
    const code = '**/assets/menu-part-*.js';
    let refused = 0;
    await context.route(code, (route) => {
      refused += 1;
      return route.abort();
    });
    const page = await context.newPage();
    await page.goto('/sign');
    await signIn(page, username);
    const button = page.getByRole('button', { name: /^Account/ });
    await button.click();
    await button.click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.ok(refused > 0);
    await context.unroute(code);
    await button.click();
    await page.getByRole('menuitem', { name: 'Sign out', exact: true }).waitFor();
  });

  test('the API reference opens beside the portal', async () => {
    const { tabs, context } = await openTabs(1);
    const [page] = tabs as [Page];
    const opening = context.waitForEvent('page');
    await page.getByRole('link', { name: 'API reference' }).click();
    const reference = await opening;
    await reference.getByRole('heading', { level: 1 }).waitFor();
    await reference.getByText('/api/v1/authenticate', { exact: true }).first().waitFor();
    assert.equal(new URL(reference.url()).pathname, '/docs');
    // Its parts are alike, and axe takes a minute for hundreds of them.
    await reference.evaluate(`for (const part of ['.operation', '#types ~ *', 'nav li']) {
      for (const one of [...document.querySelectorAll(part)].slice(8)) one.remove();
    }`);
    await checkAccessible(reference);
  });

  test('who is offline is told so, and goes on when back', async () => {
    const { context, tabs } = await openTabs(1);
    const [page] = tabs as [Page];
    await context.setOffline(true);
    await scene.advance({ seconds: 1 });
    await page.getByText('You are offline.').waitFor();
    await context.setOffline(false);
    await page.getByText('You are offline.').waitFor({ state: 'hidden' });
    await signOut(page);
  });
});
