import { type RefObject, useEffect, useRef } from 'react';

/** Puts the focus on an element when it appears: the first field of a step that somebody came to. */
export function useInitialFocus<T extends HTMLElement>(): RefObject<T | null> {
  const ref = useRef<T>(null);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  return ref;
}
