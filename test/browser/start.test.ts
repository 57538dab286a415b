import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from '@playwright/test';
import { enrolTotp } from '../support/second-factor.ts';
import { checkAccessible, takeScreenshots } from './look.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { fillSignIn, waitUntilSignedIn } from './sign-in-steps.ts';

describe('the start page', { skip }, () => {
  let scene: PortalScene;
  let count = 0;
  before(async () => {
    scene = await openPortalScene();
  });
  after(() => scene.close());

  /** An administrator with a second factor, who has not opened a page yet. */
  async function addAdministrator() {
    count += 1;
    const username = `admin${count}@example.com`;
    const { id: organisationId } = await scene.server.addOrganisation(`Acme ${count}`);
    await scene.server.addUser({ username, organisationId });
    const { auth_token: bearer } = await scene.server.signIn(username);
    const app = await enrolTotp(scene.server, bearer);
    const open = async (): Promise<Page> => {
      const page = await scene.openPage('/');
      await fillSignIn(page, username);
      await page.getByLabel('Code from your authenticator app').fill(app.code());
      await waitUntilSignedIn(page);
      return page;
    };
    const tokens = async () => (await scene.server.call('GET', '/api/v1/application_token', { bearer })).json;
    return { username, bearer, organisationId, open, tokens };
  }

  const daysFromNow = (days: number) => new Date(scene.server.clock.now() + days * 86_400_000).toISOString();

  test('says that all is well where it is', async () => {
    const { open } = await addAdministrator();
    const page = await open();
    await page.getByText('All is well').waitFor();
    await checkAccessible(page);
  });

  test('mends a token that ends soon, one without an end, and one that is used from one network, by a click each', async () => {
    const { open, bearer, tokens } = await addAdministrator();
    const soon = await scene.server.createToken(bearer, { description: 'Soon over', expiry_date: daysFromNow(3) });
    await scene.server.createToken(bearer, { description: 'Endless' });
    for (const { application_token } of [soon]) {
      assert.equal((await scene.server.authenticate({ application_token })).status, 200);
    }
    await scene.server.flush();
    const page = await open();
    await page.getByRole('button', { name: 'Extend by 90 days: Soon over' }).waitFor();
    await checkAccessible(page);
    await takeScreenshots(page, 'start');
    await page.getByRole('button', { name: 'Extend by 90 days: Soon over' }).click();
    await page.getByText('Soon over works 90 days longer').waitFor();
    await page.getByRole('button', { name: 'Let it end in 90 days: Endless' }).click();
    await page.getByText('Endless ends in 90 days').waitFor();
    await page.getByRole('button', { name: 'Restrict to 127.0.0.0/24: Soon over' }).click();
    await page.getByText('All is well').waitFor();
    const found = new Map((await tokens()).map((token: { description: string }) => [token.description, token]));
    const { ip, expiry_date } = found.get('Soon over') as { ip: string; expiry_date: string };
    assert.equal(ip, '127.0.0.0/24');
    assert.ok(expiry_date > daysFromNow(92) && expiry_date < daysFromNow(94), expiry_date);
    assert.ok((found.get('Endless') as { expiry_date: string }).expiry_date > daysFromNow(89));
  });

  test('shows what a program should do that exchanges its token again and again, and revokes one that nobody uses', async () => {
    const { open, bearer, organisationId } = await addAdministrator();
    const end = { expiry_date: daysFromNow(300) };
    await scene.server.createToken(bearer, { description: 'Forgotten', ...end });
    await scene.advance({ days: 61 });
    const helper = `helper${count}@example.com`;
    await scene.server.addUser({ username: helper, organisationId });
    const { auth_token } = await scene.server.signIn(helper);
    const hasty = { description: 'Hasty', ip: '127.0.0.1', ...end };
    const { application_token } = await scene.server.createToken(auth_token, hasty);
    for (let exchange = 0; exchange < 21; exchange += 1) {
      assert.equal((await scene.server.authenticate({ application_token })).status, 200);
    }
    await scene.server.flush();
    const page = await open();
    await page.getByText('21 exchanges').waitFor();
    await page.getByText('await client.authToken()').waitFor();
    await page.getByRole('button', { name: 'Revoke: Forgotten' }).click();
    await page.getByRole('dialog', { name: 'Revoke Forgotten?' }).getByRole('button', { name: 'Revoke Token' }).click();
    await page.getByText('Revoked Forgotten').waitFor();
    const { json } = await scene.server.call('GET', '/api/v1/application_token?q=description:Forgotten', {
      bearer: auth_token,
    });
    assert.equal(json[0].status.id, 1);
  });

  test('shows five tokens for a reason, and leads to all of them', async () => {
    const { open, bearer } = await addAdministrator();
    for (let index = 0; index < 6; index += 1) {
      await scene.server.createToken(bearer, { description: `Endless ${index}` });
    }
    const page = await open();
    await page.getByRole('link', { name: 'Show all 6' }).click();
    await page.getByText('1–6 of 6').waitFor();
    assert.equal(await page.getByLabel('Needs a look').inputValue(), '3');
  });

  test('says whom to turn to where the reader may not mend a token themselves', async () => {
    const { bearer, organisationId, username } = await addAdministrator();
    await scene.server.createToken(bearer, { description: 'Endless' });
    const reader = `reader${count}@example.com`;
    await scene.server.addUser({ username: reader, organisationId, role: 'User' });
    const page = await scene.openPage('/');
    await fillSignIn(page, reader);
    await page.getByText(`Created by ${username.split('@')[0]}`).waitFor();
    assert.equal(await page.getByRole('button', { name: /Let it end/ }).count(), 0);
  });

  test('leads to failed sign-ins, to one’s own second factor, and to the setting that asks everybody for one', async () => {
    const { organisationId } = await addAdministrator();
    const username = `bare${count}@example.com`;
    await scene.server.addUser({ username, organisationId });
    await scene.server.addUser({ username: `other${count}@example.com`, organisationId });
    await scene.server.authenticate({ username, password: 'wrong' });
    await scene.server.flush();
    const page = await scene.openPage('/');
    await fillSignIn(page, username);
    await waitUntilSignedIn(page);
    await page.getByText('You have no second factor').waitFor();
    await page.getByText('1 user has no second factor').waitFor();
    await page.getByRole('link', { name: 'Look at them' }).click();
    await page.getByText('1–1 of 1').waitFor();
    assert.equal(await page.getByLabel('Type', { exact: true }).inputValue(), '6');
    await page.goBack();
    await page.getByRole('link', { name: 'Set one up' }).click();
    await page.getByRole('heading', { name: 'Two-factor authentication' }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Sign-in settings' }).click();
    await page.getByRole('switch', { name: 'Require a second factor' }).waitFor();
  });
});
