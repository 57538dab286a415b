import assert from 'node:assert/strict';
import { type Browser, chromium } from '@playwright/test';
import { provideProgram } from './debian-package.ts';

/** Debian's Chromium; where there is none, why not. */
export const chromiumProgram = await provideProgram({ program: 'chromium', debianPackage: 'chromium' });

/** Starts Chromium, without a window. */
export function startChromium(): Promise<Browser> {
  const { path, skip } = chromiumProgram;
  assert.ok(path, skip || 'there is no chromium');
  // Root may not use the sandbox, and has none of its pages to fear here.
  return chromium.launch({ executablePath: path, chromiumSandbox: false });
}
