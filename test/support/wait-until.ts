import { setTimeout as delay } from 'node:timers/promises';

const pauseMs = 10;

/**
 * Asks again and again until the condition holds.
 *
 * @param what completes "waited in vain until …"
 * @returns how long it took, in milliseconds
 * @throws Error when `withinSeconds` have passed first
 */
export async function waitUntil(
  what: string,
  withinSeconds: number,
  condition: () => boolean | Promise<boolean>,
): Promise<number> {
  const start = performance.now();
  for (;;) {
    const holds = await condition();
    const elapsedMs = performance.now() - start;
    if (holds) return elapsedMs;
    if (elapsedMs > withinSeconds * 1000) throw new Error(`waited ${withinSeconds} s in vain until ${what}`);
    await delay(pauseMs);
  }
}
