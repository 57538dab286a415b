import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from '@playwright/test';
import type { StoreKind } from '../support/test-server.ts';
import { openAsAdministrator } from './administrator.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { rowOf } from './table-steps.ts';

const path = '/integrations#application-tokens';

for (const store of ['sqlite', 'postgres'] satisfies StoreKind[]) {
  describe(`the table of application tokens, on ${store}`, { skip }, () => {
    let scene: PortalScene;
    before(async () => {
      scene = await openPortalScene({ store });
    });
    after(() => scene.close());

    async function create(bearer: string, ...descriptions: string[]): Promise<void> {
      for (const description of descriptions) {
        const { status } = await scene.server.call('POST', '/api/v1/application_token', {
          bearer,
          body: { description },
        });
        assert.equal(status, 200);
      }
    }

    /** The first lines of the rows that are shown. */
    async function shown(page: Page): Promise<string[]> {
      const rows = page.getByRole('row').filter({ has: page.getByRole('cell') });
      return (await rows.allInnerTexts()).map((text) => text.trim().split('\n')[0] ?? '');
    }

    test('tokens are searched, filtered and sorted by the server, and where one is stands in the address', async () => {
      const { page, bearer } = await openAsAdministrator(scene, path);
      await create(bearer, 'Alpha', 'Beta', 'Gamma, with a comma');
      await page.reload();
      await rowOf(page, 'Alpha').waitFor();
      assert.deepEqual(await shown(page), ['Gamma, with a comma', 'Beta', 'Alpha']);
      await page.getByRole('button', { name: 'Sort by Description' }).click();
      await page.waitForURL(/sort=description/);
      await page.locator('[aria-sort=ascending]').waitFor();
      await page.getByRole('row').nth(1).filter({ hasText: 'Alpha' }).waitFor();
      await page.getByRole('searchbox', { name: 'Search descriptions' }).fill('a, with');
      await rowOf(page, 'Alpha').waitFor({ state: 'detached' });
      assert.deepEqual(await shown(page), ['Gamma, with a comma']);
      await page.reload();
      await rowOf(page, 'Gamma').waitFor();
      assert.deepEqual(await shown(page), ['Gamma, with a comma']);
      await page.getByLabel('Status', { exact: true }).selectOption('1');
      await page.getByText('Nothing matches').waitFor();
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await rowOf(page, 'Alpha').waitFor();
    });

    test('several tokens are revoked at once, after a question that names them', async () => {
      const { page, bearer } = await openAsAdministrator(scene, path);
      await create(bearer, 'One', 'Two', 'Three');
      await page.reload();
      await page.getByLabel('Select One').check();
      await page.getByLabel('Select Two').check();
      await page.getByRole('button', { name: 'Revoke 2 Tokens' }).click();
      const dialog = page.getByRole('dialog', { name: 'Revoke 2 application tokens?' });
      await dialog.getByText('One', { exact: true }).waitFor();
      await dialog.getByText('Two', { exact: true }).waitFor();
      await dialog.getByRole('button', { name: 'Revoke 2 Tokens' }).click();
      await page.getByText('Revoked 2 tokens').waitFor();
      const { json } = await scene.server.call('GET', '/api/v1/application_token?sort=id', { bearer });
      assert.deepEqual(
        json.map(({ status }: { status: { id: number } }) => status.id),
        [1, 1, 0],
      );
    });

    test('a row says all that is known of a token, and every column that can be is sorted by the server', async () => {
      const { page, bearer } = await openAsAdministrator(scene, path);
      const all = { description: 'Knows all', ip: '127.0.0.0/8', expiry_date: '2099-01-02', roles: [{ id: 3 }] };
      const { application_token } = await scene.server.createToken(bearer, all);
      await create(bearer, 'Knows nothing');
      assert.equal((await scene.server.authenticate({ application_token })).status, 200);
      await scene.server.flush();
      await page.reload();
      const row = rowOf(page, 'Knows all');
      for (const text of [
        'Active',
        'Observer',
        '127.0.0.0/8',
        'from 127.0.0.1',
        `${application_token.slice(0, 12)}…`,
      ]) {
        await row.getByText(text, { exact: true }).waitFor();
      }
      await row.getByText(/^in \d+ years$/).waitFor();
      await row.getByText(/^2 Jan 2099, 01:00$/).hover();
      await page.getByRole('tooltip').getByText('2 Jan 2099, 00:00:00 UTC').waitFor();
      const bare = rowOf(page, 'Knows nothing');
      for (const text of ['As its creator', 'No expiry', 'Any address', 'Never']) {
        await bare.getByText(text, { exact: true }).waitFor();
      }
      const columns = {
        Status: 'status',
        Expires: 'expiry_date',
        'Restricted to': 'ip',
        'Last used': 'last_used',
        'Created by': 'creator',
      };
      for (const [column, field] of Object.entries(columns)) {
        const answered = page.waitForResponse((answer) => answer.url().includes(`sort=${field}`));
        await page.getByRole('button', { name: `Sort by ${column}` }).click();
        assert.equal((await answered).status(), 200);
      }
      await page.getByRole('columnheader', { name: 'Created by' }).and(page.locator('[aria-sort=ascending]')).waitFor();
    });

    test('many tokens are paged by the server, and the page is in the address', async () => {
      const { page, bearer } = await openAsAdministrator(scene, path);
      await create(bearer, ...Array.from({ length: 51 }, (_, index) => `Token number ${index + 1}`));
      await page.reload();
      await page.getByText('1–25 of 51').waitFor();
      await page.getByRole('button', { name: 'Page 3 of 3' }).click();
      await page.getByText('51–51 of 51').waitFor();
      assert.deepEqual(await shown(page), ['Token number 1']);
      await page.reload();
      await page.getByText('51–51 of 51').waitFor();
      await page.getByRole('button', { name: 'Previous page' }).click();
      await page.getByText('26–50 of 51').waitFor();
      await page.goto('/integrations?page=99#application-tokens');
      await page.getByText('51–51 of 51').waitFor();
      await page.getByRole('button', { name: 'Sort by Description' }).click();
      await page.getByText('1–25 of 51').waitFor();
    });

    test('what a link has filtered is seen, and can be taken away', async () => {
      const { page, bearer, nameOf, organisationId } = await openAsAdministrator(scene, path);
      const helper = nameOf('helper');
      await scene.server.addUser({ username: helper, organisationId });
      await create(bearer, 'Endless');
      const { auth_token } = await scene.server.signIn(helper);
      await scene.server.createToken(auth_token, { description: 'Of the helper', expiry_date: '2099-01-02' });
      await page.goto('/integrations?attention=3#application-tokens');
      await rowOf(page, 'Endless').waitFor();
      await page.getByText('1–1 of 1').waitFor();
      assert.equal(await page.getByLabel('Needs a look').inputValue(), '3');
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await page.getByText('1–2 of 2').waitFor();
      await page.getByLabel('Created by', { exact: true }).selectOption(nameOf('admin'));
      await page.getByText('1–1 of 1').waitFor();
      await page.goto(`/integrations?creator=${helper}#application-tokens`);
      await rowOf(page, 'Of the helper').waitFor();
      await page.getByText('1–1 of 1').waitFor();
      assert.equal(await page.getByLabel('Created by', { exact: true }).inputValue(), helper);
    });
  });
}
