import assert from 'node:assert/strict';
import type { Page } from '@playwright/test';
import jsQr from 'jsqr';

const pixelsPerModule = 4;

/** Reads the QR code on a page as a phone would: from what is drawn. */
export async function scanQrCode(page: Page, label: string): Promise<string> {
  const drawing = page.getByRole('img', { name: label });
  const size = Number((await drawing.getAttribute('viewBox'))?.split(' ')[2]);
  const path = (await drawing.locator('path').getAttribute('d')) ?? '';
  const width = size * pixelsPerModule;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) darken(pixels, width, Number(x), Number(y));
  const found = jsQr.default(pixels, width, width);
  assert.ok(found, 'there is no QR code in the drawing');
  return found.data;
}

function darken(pixels: Uint8ClampedArray, width: number, x: number, y: number): void {
  for (let row = y * pixelsPerModule; row < (y + 1) * pixelsPerModule; row += 1) {
    for (let column = x * pixelsPerModule; column < (x + 1) * pixelsPerModule; column += 1) {
      pixels.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
    }
  }
}
