/** A URL, relative to another where that is given; undefined where it is none. `URL.parse` came after Node 22.0. */
export function parseUrl(text: string, base?: string | URL): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}
