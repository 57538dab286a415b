import assert from 'node:assert/strict';
import type { Page } from '@playwright/test';

/** What was copied: our pages may not read it, but whoever pastes it can. */
export async function readClipboard(page: Page): Promise<string> {
  const other = await page.context().newPage();
  await other.setContent('<textarea aria-label="paste"></textarea>');
  await other.getByLabel('paste').focus();
  await other.keyboard.press('Control+V');
  const text = await other.getByLabel('paste').inputValue();
  await other.close();
  return text;
}

/** Makes a token in the page, and answers its secret as the clipboard has it. */
export async function addToken(page: Page, description: string, fill?: (page: Page) => Promise<void>): Promise<string> {
  await page.getByRole('button', { name: /^Add (First )?Token$/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Description' }).fill(description);
  await fill?.(page);
  await dialog.getByRole('button', { name: 'Create Application Token' }).click();
  await dialog.getByRole('button', { name: 'Copy Token' }).click();
  await dialog.getByText('Copied').waitFor();
  const secret = await readClipboard(page);
  assert.match(secret, /^kwt_[0-9A-Za-z]{49}$/);
  return secret;
}

/** Closes the dialogue that shows a secret. */
export async function leaveSecret(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}
