/** How soon a browser answers what somebody does on the page of the application tokens. See README.md. */
import type { Page } from '@playwright/test';
import { readOptions } from './read-options.ts';
import { printTable, requireFigure, spread } from './report/report.ts';
import { median } from './report/statistics.ts';
import { servePortal } from './servers/portal.ts';
import { password } from './store/bench-store.ts';

const options = readOptions('Time to the next paint after what somebody does on the page of the application tokens', {
  rounds: { default: 9, meaning: 'how often each is done' },
  tokens: { default: 1000, meaning: 'how many application tokens there are' },
});

/** Something that is done to a page, and what brings the page back to where the next begins. */
interface Interaction {
  readonly name: string;
  readonly act: (page: Page) => Promise<void>;
  readonly after: (page: Page) => Promise<void>;
}

const nothing = async (): Promise<void> => undefined;
const closeByEscape = (page: Page): Promise<void> => page.keyboard.press('Escape');

const interactions: readonly Interaction[] = [
  {
    name: 'open Add Token',
    act: (page) => page.getByRole('button', { name: 'Add Token' }).click(),
    after: async (page) => {
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
  },
  {
    name: 'type into the search',
    act: async (page) => {
      await page.getByRole('searchbox').focus();
      await page.keyboard.type('a');
    },
    after: async (page) => {
      await page.getByRole('searchbox').fill('');
      await page.getByRole('row').nth(2).waitFor();
    },
  },
  {
    name: 'sort',
    act: (page) => page.getByRole('columnheader').getByRole('button').first().click(),
    after: nothing,
  },
  {
    name: 'open the menu of a row',
    act: (page) => page.getByRole('row').nth(1).getByRole('button').last().click(),
    after: closeByEscape,
  },
  {
    name: 'select all',
    act: (page) => page.getByRole('checkbox', { name: 'Select all on this page' }).click(),
    after: (page) => page.getByRole('checkbox', { name: 'Select all on this page' }).click(),
  },
  {
    name: 'change the page',
    act: (page) => page.getByRole('button', { name: 'Next page' }).click(),
    after: nothing,
  },
];

/** Collects what the browser reports of each event that belongs to an interaction; `-1` is below what it reports. */
const watchEvents = `window.eventMs = [];
new PerformanceObserver((list) => {
  for (const { interactionId, duration } of list.getEntries()) if (interactionId > 0) window.eventMs.push(duration);
}).observe({ type: 'event', durationThreshold: 16, buffered: true });`;

/** Lets what an interaction has set off come to rest: no request is under way, and two frames are painted. */
async function rest(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
  );
}

/** Does something, and answers the longest time until the next paint, in milliseconds, of the events it consists of. */
async function measure(page: Page, { act, after }: Interaction): Promise<number> {
  await rest(page);
  await page.evaluate('window.eventMs.length = 0');
  await act(page);
  await rest(page);
  // What takes less than the browser's least is not reported: 16 ms at most.
  const longestMs = await page.evaluate<number>('Math.max(16, ...window.eventMs)');
  await after(page);
  return longestMs;
}

const { url, browser, stop } = await servePortal(options.tokens);
try {
  console.log(`Chromium ${browser.version()}; ${options.rounds} rounds in turns, each in a browser of its own\n`);
  const seen = new Map<Interaction, number[]>(interactions.map((interaction) => [interaction, []]));
  for (let round = 0; round < options.rounds; round += 1) {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    await context.addInitScript(watchEvents);
    const page = await context.newPage();
    await page.goto(`${url}/sign?next=/integrations`);
    await page.getByLabel('E-mail address').fill('bench@example.com');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('row').nth(1).getByRole('checkbox').waitFor();
    for (const interaction of interactions) seen.get(interaction)?.push(await measure(page, interaction));
    await context.close();
  }
  printTable(
    ['', 'until the next paint, ms'],
    [...seen].map(([{ name }, durations]) => [name, spread(durations)]),
  );
  console.log();
  for (const [{ name }, durations] of seen) {
    requireFigure(`${name}: until the next paint, ms`, Math.round(median(durations)), { atMost: 100 });
  }
} finally {
  await stop();
}
