import { useState } from 'react';

/**
 * What stands in a field that narrows a list, which may be ahead of what the list is narrowed by. The address may change
 * otherwise than from the field as well, by going back, or by clearing every filter: the field then follows.
 */
export function useTyped(value: string): [typed: string, setTyped: (text: string) => void] {
  const [typed, setTyped] = useState(value);
  const [before, setBefore] = useState(value);
  if (value !== before) {
    setBefore(value);
    setTyped(value);
  }
  return [typed, setTyped];
}
