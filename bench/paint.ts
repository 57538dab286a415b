/** How soon a browser paints the first of a page, with nothing in its cache. See README.md. */
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { readOptions } from './read-options.ts';
import { printTable, requireFigure, spread } from './report/report.ts';
import { median } from './report/statistics.ts';
import { servePortal } from './servers/portal.ts';
import { password } from './store/bench-store.ts';

const options = readOptions('First contentful paint of the sign-in page and of the page of the application tokens', {
  rounds: { default: 9, meaning: 'how often each page is opened' },
  tokens: { default: 1000, meaning: 'how many application tokens there are' },
});

/** A page, what a browser brings along, and the selector of what somebody came for. */
interface Sight {
  readonly name: string;
  readonly path: string;
  readonly cookie: string | undefined;
  readonly shows: string;
}

/** When something of a page was seen, in milliseconds after it was asked for. */
interface Seen {
  readonly paintedMs: number;
  readonly thereMs: number;
}

const untilPainted = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') resolve(startTime);
  }).observe({ type: 'paint', buffered: true });
})`;

/** Opens a page in a browser that has been nowhere yet. */
async function look(browser: Browser, url: string, sight: Sight): Promise<Seen> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
  try {
    if (sight.cookie !== undefined) await addCookie(context, url, sight.cookie);
    const page = await context.newPage();
    await page.goto(url + sight.path);
    const thereMs = await untilShown(page, sight.shows);
    return { paintedMs: await page.evaluate<number>(untilPainted), thereMs };
  } finally {
    await context.close();
  }
}

/** Looks at every frame, so that what is told is when it was there and not when somebody asked. */
function untilShown(page: Page, selector: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const look = () => {
      if (document.querySelector('${selector}') === null) requestAnimationFrame(look);
      else resolve(performance.now());
    };
    look();
  })`);
}

async function addCookie(context: BrowserContext, url: string, cookie: string): Promise<void> {
  const [name = '', value = ''] = cookie.split('=');
  await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Strict' }]);
}

/** Signs in as the portal does; answers the cookie of the session, which any number of browsers may bring along. */
async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/portal/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-keywright-portal': '1' },
    body: JSON.stringify({ username: 'bench@example.com', password }),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (cookie === undefined) throw new Error(`the sign-in was answered with ${answer.status}: ${await answer.text()}`);
  return cookie;
}

const { url, browser, stop } = await servePortal(options.tokens);
try {
  console.log(`Chromium ${browser.version()}, with an empty cache each time; ${options.rounds} rounds in turns\n`);
  const sights: readonly Sight[] = [
    {
      name: 'sign-in',
      path: '/sign',
      cookie: undefined,
      shows: 'input[autocomplete~="username"]',
    },
    {
      name: 'application tokens',
      path: '/integrations',
      cookie: await signIn(url),
      shows: 'tbody input[type="checkbox"]',
    },
  ];
  // Unmeasured: the server has read its files then, and the browser has started all of its processes.
  for (const sight of sights) await look(browser, url, sight);
  const seen = new Map<Sight, Seen[]>(sights.map((sight) => [sight, []]));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const sight of sights) seen.get(sight)?.push(await look(browser, url, sight));
  }
  printTable(
    ['', 'first contentful paint, ms', 'until what one came for is there, ms'],
    [...seen].map(([{ name }, rounds]) => [
      name,
      spread(rounds.map(({ paintedMs }) => paintedMs)),
      spread(rounds.map(({ thereMs }) => thereMs)),
    ]),
  );
  console.log();
  for (const [{ name }, rounds] of seen) {
    const paintedMs = median(rounds.map((round) => round.paintedMs));
    requireFigure(`${name}: first contentful paint, ms`, Math.round(paintedMs), { atMost: 1000 });
  }
} finally {
  await stop();
}
