import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BrowserContext, Page } from '@playwright/test';
import { openPortalScene, type PortalScene, skip } from './portal-scene.ts';
import { signIn } from './sign-in-steps.ts';

/** The most that a page may move by itself (Layout Instability, the cumulative score). */
const mostShift = 0.02;

/** Sums up what moves from the first paint on, but for what somebody has just asked for. */
const watchShifts = `window.shiftScore = 0;
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shiftScore += value;
}).observe({ type: 'layout-shift', buffered: true });`;

const pages = [
  { path: '/', arrived: 'Without an end' },
  { path: '/integrations', arrived: 'Token 7' },
  { path: '/integrations#connect', arrived: 'Introspection' },
  { path: '/organisation-settings/users', arrived: 'steady@example.com' },
  { path: '/organisation-settings/details', arrived: 'Save' },
  { path: '/organisation-settings/sign-in', arrived: 'Require a second factor' },
  { path: '/events', arrived: 'steady@example.com signed in' },
  { path: '/user-settings', arrived: 'This session' },
];

describe('the pages of the portal', { skip }, () => {
  let scene: PortalScene;
  before(async () => {
    scene = await openPortalScene();
    const { id: organisationId } = await scene.server.addOrganisation('Acme');
    await scene.server.addUser({ username: 'steady@example.com', organisationId });
    const { auth_token: bearer } = await scene.server.signIn('steady@example.com');
    for (let number = 0; number < 8; number += 1) {
      await scene.server.createToken(bearer, { description: `Token ${number}` });
    }
  });
  after(() => scene.close());

  /** Opens a page whose answers wait until its outline has been painted, and answers by how much it moves. */
  async function shiftOf(context: BrowserContext, path: string, arrived: string): Promise<number> {
    const page = await context.newPage();
    const { promise: painted, resolve: release } = Promise.withResolvers<void>();
    await page.route('**/api/**', async (route) => {
      await painted;
      await route.continue();
    });
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await twoFrames(page);
    release();
    await page.getByRole('main').getByText(arrived).first().waitFor();
    await twoFrames(page);
    const score = await page.evaluate<number>('window.shiftScore');
    await page.close();
    return score;
  }

  for (const width of [1440, 390]) {
    test(`do not move when what they show arrives, at ${width} pixels`, async () => {
      const context = await scene.openBrowser({ viewport: { width: 1440, height: 900 } });
      await context.addInitScript(watchShifts);
      const first = await context.newPage();
      await first.goto('/sign');
      await signIn(first, 'steady@example.com');
      await first.close();
      context.on('page', (page) => void page.setViewportSize({ width, height: 900 }));
      for (const { path, arrived } of pages) {
        const score = await shiftOf(context, path, arrived);
        assert.ok(score < mostShift, `${path} moves by ${score}`);
      }
    });
  }
});

/** Waits until what is on the page has been painted. */
async function twoFrames(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}
