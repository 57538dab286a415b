import type { ReactElement } from 'react';
import markUrl from '../icon.svg';

/** The mark and the name, as the document shows them before the pages are there. */
export function Brand(): ReactElement {
  return (
    <div className="kw-brand">
      <img src={markUrl} width={26} height={26} alt="" />
      <span>Keywright</span>
    </div>
  );
}
