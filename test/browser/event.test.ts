import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { openAsAdministrator } from './administrator.ts';
import { checkAccessible, takeScreenshots } from './look.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { signIn } from './sign-in-steps.ts';
import { rowOf } from './table-steps.ts';

const path = '/events';

describe('the page of the events, on PostgreSQL', { skip }, () => {
  let scene: PortalScene;
  before(async () => {
    scene = await openPortalScene({ store: 'postgres' });
  });
  after(() => scene.close());

  test('what was refused is found among the events, with the request id that its caller was told', async () => {
    const { page, nameOf } = await openAsAdministrator(scene, path);
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

  test('events are narrowed by user, type, way and day, and downloaded as they are narrowed', async () => {
    const { page, nameOf, organisationId } = await openAsAdministrator(scene, path);
    await scene.server.addUser({ username: nameOf('grace'), organisationId, role: 'User' });
    const { auth_token: bearer } = await scene.server.signIn(nameOf('grace'));
    await scene.server.createToken(bearer, { description: 'Of Grace' });
    await page.reload();
    await page.getByRole('searchbox', { name: 'Search users' }).fill('grace');
    await rowOf(page, nameOf('admin')).first().waitFor({ state: 'detached' });
    await page.getByLabel('Type', { exact: true }).selectOption('Application token created');
    await page.getByText('1–1 of 1').waitFor();
    await page.getByLabel('Through', { exact: true }).selectOption('API');
    await page.getByLabel('Until (UTC)').fill('2001-02-03');
    await page.getByText('Nothing matches').waitFor();
    await page.getByLabel('Until (UTC)').fill('');
    let refusals = 0;
    page.on('response', (response) => {
      if (response.status() >= 400) refusals += 1;
    });
    const year = new Date(scene.server.clock.now()).getUTCFullYear();
    // Whether the day or the month comes first is the browser's own affair.
    await page.getByLabel('From (UTC)').pressSequentially(`0101${year}`);
    await page.waitForURL((url) => url.searchParams.get('from') === `${year}-01-01`);
    await page.getByText('1–1 of 1').waitFor();
    assert.equal(refusals, 0, 'a day that is being typed is asked for before it is whole');
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    const download = await downloading;
    assert.equal(download.suggestedFilename(), 'keywright-events.ndjson');
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    assert.deepEqual(
      lines.map((line) => [JSON.parse(line).event_type.description, JSON.parse(line).user.username]),
      [['Application token created', nameOf('grace')]],
    );
    await page.reload();
    await page.getByText('1–1 of 1').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await rowOf(page, nameOf('admin')).first().waitFor();
  });

  test('many events are paged, and who passes by the field of the request id stays on the page', async () => {
    const { page, bearer } = await openAsAdministrator(scene, path);
    for (let index = 0; index < 30; index += 1) await scene.server.createToken(bearer, { description: `${index}` });
    await page.reload();
    await page.getByText(/^1–25 of 3\d$/).waitFor();
    await page.getByRole('button', { name: 'Page 2 of 2' }).click();
    await page.getByText(/^26–3\d of 3\d$/).waitFor();
    await page.getByRole('textbox', { name: 'Request id' }).focus();
    await page.getByRole('searchbox', { name: 'Search users' }).focus();
    await page.reload();
    await page.getByText(/^26–3\d of 3\d$/).waitFor();
  });

  test('who may see their own events alone sees those, and has nothing to download', async () => {
    const { nameOf, organisationId } = await openAsAdministrator(scene, path);
    await scene.server.addUser({ username: nameOf('user'), organisationId, role: 'User' });
    const page = await scene.openPage(path);
    await signIn(page, nameOf('user'));
    await page.getByText('Every change of yours').waitFor();
    await rowOf(page, nameOf('user')).first().waitFor();
    assert.equal(await rowOf(page, nameOf('admin')).count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Download' }).count(), 0);
  });
});
