import type { Page } from '@playwright/test';
import { testPassword } from '../support/test-server.ts';

/** Types the name and the password into the sign-in page and sends them, whatever comes of it. */
export async function fillSignIn(page: Page, username: string, password = testPassword): Promise<void> {
  await page.getByLabel('E-mail address').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Signs in with the password alone, and waits until that has worked. */
export async function signIn(page: Page, username: string, password = testPassword): Promise<void> {
  await fillSignIn(page, username, password);
  await waitUntilSignedIn(page);
}

/** Waits until the frame of who is signed in is there. */
export async function waitUntilSignedIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^(Account|Konto): ./ }).waitFor();
}

/** Signs out by the menu, and waits until that has worked. */
export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click();
  await page.getByText('You are signed out.').waitFor();
}
