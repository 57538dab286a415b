/** Encodes bytes as Base64url without padding (RFC 7515 §2); a string is encoded as its UTF-8. */
export function encodeBase64url(data: Uint8Array | string): string {
  const bytes =
    typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bytes.toString('base64url');
}
