import type { AnyRouter } from '@tanstack/react-router';

/**
 * Takes who has gone to another page to its title, as a browser does that loads one: screen readers begin to read there.
 * Whoever is in the page's content already, such as in its first field, stays.
 */
export function followNavigation(router: AnyRouter): void {
  router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
    if (fromLocation === undefined || !pathChanged) return;
    const main = document.querySelector('main');
    if (main?.contains(document.activeElement) !== true) main?.querySelector('h1')?.focus();
  });
}
