import type { Browser } from '@playwright/test';
import { buildStalePortal } from '../../packages/portal/build/build-portal.ts';
import { startChromium } from '../../test/support/chromium.ts';
import { printMachine } from '../report/report.ts';
import { addApplicationTokens, makeStore } from '../store/bench-store.ts';
import { raisedLimits, startKeywright } from './contestants.ts';

/** The built portal, served as in production, and a browser to look at it. */
export interface ServedPortal {
  readonly url: string;
  readonly browser: Browser;
  stop(): Promise<void>;
}

/** Says what is measured, builds the portal where it is stale, and serves it with as many application tokens. */
export async function servePortal(tokens: number): Promise<ServedPortal> {
  printMachine();
  console.log(
    `keywright: production defaults on SQLite, ${tokens} application tokens; limits raised to ${raisedLimits}`,
  );
  await buildStalePortal();
  const dataDir = await makeStore();
  addApplicationTokens(dataDir, { count: tokens, usable: 1 });
  const server = await startKeywright({ dataDir });
  const browser = await startChromium();
  return {
    url: `http://127.0.0.1:${server.port}`,
    browser,
    async stop() {
      await browser.close();
      await server.stop();
    },
  };
}
