import { after, before, describe, test } from 'node:test';
import { testPassword } from '../support/test-server.ts';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { waitUntilSignedIn } from './sign-in-steps.ts';

describe('the portal in German', { skip }, () => {
  let scene: PortalScene;
  before(async () => {
    scene = await openPortalScene();
    const { id: organisationId } = await scene.server.addOrganisation('Acme');
    await scene.server.addUser({ username: 'ada@example.com', organisationId });
  });
  // It fails where a page had an error of script, among them those from which React recovers.
  after(() => scene.close());

  test('its texts are waited for without an error, on a page whose code is there before them', async () => {
    const page = await scene.openPage('/sign', { locale: 'de-DE' });
    await page.getByLabel('E-Mail-Adresse').fill('ada@example.com');
    await page.getByLabel('Passwort', { exact: true }).fill(testPassword);
    await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
    await waitUntilSignedIn(page);
    await page.goto('/organisation-settings/nowhere');
    await page.getByRole('heading', { name: 'Diese Seite gibt es nicht' }).waitFor();
    await waitUntilSignedIn(page);
  });
});
