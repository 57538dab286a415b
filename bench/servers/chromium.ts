import { type Browser, chromium } from '@playwright/test';
import { provideProgram } from '../../test/support/debian-package.ts';

/** Starts Debian's Chromium, which root gets from apt where it is missing. */
export async function startChromium(): Promise<Browser> {
  const { path, skip } = await provideProgram({ program: 'chromium', debianPackage: 'chromium' });
  if (path === undefined) throw new Error(skip);
  // Root may not use the sandbox, and has none of its pages to fear here.
  return chromium.launch({ executablePath: path, chromiumSandbox: false });
}
