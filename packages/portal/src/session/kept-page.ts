import { renew } from './session.ts';

/**
 * Looks after the page while the browser keeps it as it is, for whoever comes back by its buttons (back/forward cache,
 * HTML §7.4.6.1). What other tabs say does not reach it there: it shows nothing until the server has said who is signed in.
 *
 * @param place where the pages are drawn
 */
export function watchKeptPage(place: HTMLElement): void {
  window.addEventListener('pagehide', ({ persisted }) => {
    if (persisted) place.hidden = true;
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void showAgain(place);
  });
}

async function showAgain(place: HTMLElement): Promise<void> {
  try {
    await renew();
    place.hidden = false;
  } catch {
    // As if it had not been kept: the browser says itself where there is no server.
    window.location.reload();
  }
}
