import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const themes = ['light', 'dark'] as const;
const widths = [390, 1440] as const;
const folder = path.join(import.meta.dirname, 'screenshots');

/** Some colours change over a moment: in the middle of it none counts. What goes on for ever is waited for by nobody. */
const whenColoursAreThere = `Promise.allSettled(
  document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
    .map(({ finished }) => finished),
).then(() => undefined)`;

/** Fails where axe finds anything wrong with a page, in either theme (WCAG 2.2 at level AA). */
export async function checkAccessible(page: Page): Promise<void> {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme });
    await page.evaluate(whenColoursAreThere);
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      // Menus and dialogues stand beside the landmarks, as they should.
      .disableRules(['region'])
      .analyze();
    const found = violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }));
    assert.deepEqual(found, [], `${page.url()} in the ${theme} theme`);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Keeps a picture of a page for people to look at: narrow and wide, light and dark. */
export async function takeScreenshots(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const before = page.viewportSize();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      await page.screenshot({ path: path.join(folder, `${name}-${width}-${theme}.png`), animations: 'disabled' });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (before !== null) await page.setViewportSize(before);
}
