const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads the URL of something that a verifier follows: https, or http on loopback, where nobody listens in.
 *
 * @param options - `allowInsecureHttp`: whether http will do everywhere.
 * @throws TypeError
 */
export function readServiceUrl(
  url: string | URL,
  options: { readonly allowInsecureHttp?: boolean | undefined } = {},
): string {
  if (!URL.canParse(url)) throw new TypeError('Not a URL');
  const parsed = new URL(url);
  const { protocol, hostname, username, password } = parsed;
  const isAllowedHttp = options.allowInsecureHttp === true || loopbackHost.test(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isAllowedHttp)) {
    throw new TypeError('A URL has to be https, or http on loopback; allowInsecureHttp: true lets http pass elsewhere');
  }
  if (username !== '' || password !== '') throw new TypeError('A URL must not hold credentials');
  parsed.hash = '';
  return parsed.href;
}
