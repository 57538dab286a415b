/**
 * Decodes Base64url, and only its one canonical spelling (RFC 7515 §2, RFC 4648 §3.5): no padding, no white space,
 * no `+` or `/`, no bits left over. Answers undefined for anything else.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  // Node's decoder forgives; a text that survives the way there and back had nothing to forgive.
  return bytes.toString('base64url') === text ? bytes : undefined;
}
