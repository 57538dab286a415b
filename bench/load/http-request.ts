/** Writes a request once and for all, as it goes over the wire. */
export function writeRequest(
  method: string,
  path: string,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): Buffer {
  const { headers = {}, body } = options;
  const lines = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push(`content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

/** A POST of JSON. */
export function writeJsonRequest(path: string, body: object): Buffer {
  return writeRequest('POST', path, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
