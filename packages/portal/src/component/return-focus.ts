import { useEffect } from 'react';

/** What had the focus last, outside of what lies over the page. */
let last: HTMLElement | undefined;

/** Keeps in mind where on the page the focus was, from now on. */
export function watchFocus(): void {
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && target.closest('[role="dialog"], [role="menu"]') === null) last = target;
  });
}

/** Gives the focus back once a dialogue is gone: to what opened it or, where that is gone as well, to the page's title. */
export function useReturnFocus(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return;
    const opener = last;
    return () => {
      // Whoever has gone elsewhere stays there.
      if (document.activeElement !== document.body) return;
      if (opener?.isConnected === true) opener.focus();
      if (document.activeElement === document.body) document.querySelector<HTMLElement>('main h1')?.focus();
    };
  }, [isOpen]);
}
