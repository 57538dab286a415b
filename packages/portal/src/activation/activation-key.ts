const parameter = 'activationKey';

/** The key of the link that this page was opened with; undefined where there was none. */
export const activationKey: string | undefined = takeKey();

/** Reads the key once and takes it out of the address bar and the history, before anything else sees it. */
function takeKey(): string | undefined {
  const url = new URL(window.location.href);
  const key = url.searchParams.get(parameter);
  if (key === null) return undefined;
  url.searchParams.delete(parameter);
  window.history.replaceState(window.history.state, '', url);
  return key === '' ? undefined : key;
}
