import assert from 'node:assert/strict';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { buildStalePortal, portalFolder } from '../../packages/portal/build/build-portal.ts';
import { chromiumProgram, startChromium } from '../support/chromium.ts';
import { createTestClock } from '../support/test-clock.ts';
import {
  createTestStore,
  type StoreKind,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from '../support/test-server.ts';
import { openRelay } from './relay.ts';

/** With what the suites of the browser are skipped where there is none, and why. */
export const { skip } = chromiumProgram;

/** How long a page may take for anything, in milliseconds. */
const patienceMs = 30_000;

/** A service with the portal, and people with browsers before it. */
export interface PortalScene {
  /** As a browser names it: `localhost`, since passkeys take no IP address. */
  readonly url: string;
  readonly server: TestServer;
  /** Opens a browser of somebody's own: with cookies and storage that nobody else has. */
  openBrowser(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** Opens a page in a browser of its own. */
  openPage(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** Turns the clocks, of the service and of every page. */
  advance(by: Parameters<TestServer['clock']['advance']>[0]): Promise<void>;
  /** Stops the service; pages find nobody. */
  stopServer(): Promise<void>;
  /** Starts it again, on the same store and at the same address. */
  startServer(): Promise<void>;
  /** Fails where a page had an error of script, or did what its policy forbids. */
  close(): Promise<void>;
}

/** Builds the portal where it is stale, and starts a service and a browser. */
export async function openPortalScene(
  options: { readonly store?: StoreKind; readonly env?: TestServerOptions['env'] } = {},
): Promise<PortalScene> {
  await buildStalePortal();
  const relay = await openRelay();
  const url = `http://localhost:${relay.port}`;
  const store = await createTestStore(options.store ?? 'sqlite');
  const clock = createTestClock();
  const start = async (): Promise<TestServer> => {
    const env = { KEYWRIGHT_PUBLIC_URL: url, KEYWRIGHT_RATE_LIMIT: 'off', ...options.env };
    const started = await startTestServer({ store, clock, env, portalDir: `${portalFolder}dist` });
    relay.pointTo(Number(new URL(started.url).port));
    return started;
  };
  let server: TestServer | undefined = await start();
  const browser = await startChromium();
  const contexts = new Set<BrowserContext>();
  const faults: string[] = [];
  const openBrowser: PortalScene['openBrowser'] = async (given) => {
    const context = await newContext(browser, url, given);
    await context.clock.install({ time: clock.now() });
    contexts.add(context);
    watch(context, faults);
    return context;
  };
  return {
    url,
    openBrowser,
    get server() {
      assert.ok(server, 'the server is stopped');
      return server;
    },
    async openPage(path, given) {
      const page = await (await openBrowser(given)).newPage();
      await page.goto(path);
      return page;
    },
    async advance(by) {
      const before = clock.now();
      clock.advance(by);
      const elapsedMs = clock.now() - before;
      await Promise.all([...contexts].map((context) => context.clock.fastForward(elapsedMs)));
    },
    async stopServer() {
      relay.pointTo(undefined);
      await server?.close();
      server = undefined;
    },
    async startServer() {
      server = await start();
    },
    async close() {
      await browser.close();
      relay.pointTo(undefined);
      await server?.close();
      await relay.close();
      await store.remove();
      assert.deepEqual(faults, []);
    },
  };
}

async function newContext(browser: Browser, url: string, given?: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    ...given,
  });
  context.setDefaultTimeout(patienceMs);
  return context;
}

/** Notes what no page may do: errors of script, and what the content security policy forbids. */
function watch(context: BrowserContext, faults: string[]): void {
  context.on('weberror', (error) => faults.push(error.error().stack ?? error.error().message));
  context.on('console', (message) => {
    const text = message.text();
    if (/Content.Security.Policy/i.test(text)) faults.push(text);
  });
}
