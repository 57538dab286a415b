/**
 * Where to go once signed in: a path of our own. Anything else, such as another site's address, is the start page.
 *
 * @param next what stands in the address, whoever put it there
 */
export function readReturnPath(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return '/';
  // Browsers read `//host`, `/\host` and a tab in between as the address of another site.
  const base = 'https://keywright.invalid';
  const url = URL.parse(next, base);
  if (url === null || url.origin !== base || /^\/+(sign|activation)(\/|$)/.test(url.pathname)) return '/';
  return `${url.pathname.replace(/^\/+/, '/')}${url.search}${url.hash}`;
}
