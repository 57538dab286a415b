import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BrowserContext } from '@playwright/test';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { signIn } from './sign-in-steps.ts';

/** Where the mark and the name stand, and on what; null where the document's own are not to be seen. */
const look = (place: string): string => `(() => {
  const brand = document.querySelector('${place} .kw-brand');
  if (brand === null || !brand.checkVisibility()) return null;
  const [mark, name] = [...brand.children].map((child) => child.getBoundingClientRect());
  return {
    mark: [mark.x, mark.y, mark.width, mark.height],
    name: [name.x, name.y, name.height],
    page: getComputedStyle(document.body).backgroundColor,
    text: getComputedStyle(brand).color,
    type: getComputedStyle(brand).fontFamily,
  };
})()`;

const untilPainted = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    if (list.getEntriesByName('first-contentful-paint').length > 0) resolve();
  }).observe({ type: 'paint', buffered: true });
})`;

describe('the first paint of a page', { skip }, () => {
  let scene: PortalScene;
  before(async () => {
    scene = await openPortalScene();
    const { id: organisationId } = await scene.server.addOrganisation('Acme');
    await scene.server.addUser({ username: 'early@example.com', organisationId });
  });
  after(() => scene.close());

  /** Opens a page whose script waits until the document alone has been seen; answers what was there before and after. */
  async function compare(context: BrowserContext, path: string): Promise<readonly [unknown, unknown]> {
    const page = await context.newPage();
    const { promise: seen, resolve: release } = Promise.withResolvers<void>();
    await page.route('**/assets/index-*.js', async (route) => {
      await seen;
      await route.continue();
    });
    await page.goto(path, { waitUntil: 'commit' });
    await page.locator('html[data-mantine-color-scheme]').waitFor();
    await page.evaluate(untilPainted);
    const early = await page.evaluate(look('.kw-shell'));
    release();
    await page.locator('#root .kw-brand').waitFor();
    assert.equal(await page.evaluate(look('.kw-shell')), null, `${path} shows its mark twice`);
    const late = await page.evaluate(look('#root'));
    await page.close();
    return [early, late];
  }

  for (const width of [1440, 390]) {
    for (const system of ['light', 'dark'] as const) {
      test(`comes before the script, and stays where it is: ${width} pixels, a ${system} system`, async () => {
        const context = await scene.openBrowser({ viewport: { width, height: 900 }, colorScheme: system });
        const looks = new Set<string>();
        for (const chosen of ['auto', system === 'light' ? 'dark' : 'light']) {
          const page = await context.newPage();
          await page.goto('/sign');
          await page.evaluate(`localStorage.setItem('keywright-theme', '${chosen}')`);
          await page.close();
          const [early, late] = await compare(context, '/sign');
          assert.ok(early, 'nothing was there before the script');
          assert.deepEqual(early, late);
          looks.add(JSON.stringify(early));
        }
        assert.equal(looks.size, 2, 'light and dark look alike');
        const page = await context.newPage();
        // On a phone the menu is closed that tells who has signed in.
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.goto('/sign');
        await signIn(page, 'early@example.com');
        await page.close();
        const [early, late] = await compare(context, '/integrations');
        assert.deepEqual(early, late);
      });
    }
  }
});
