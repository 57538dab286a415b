import { encodeBase64url } from './base64url.ts';
import type { Random } from './ports.ts';

/** Draws 128 random bits, in Base64url: an id that nobody guesses and that no other thing gets. */
export function drawId(random: Random): string {
  return encodeBase64url(random.bytes(16));
}
