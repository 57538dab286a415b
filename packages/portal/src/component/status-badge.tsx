import type { ReactElement } from 'react';
import classes from './status-badge.module.css';

/**
 * What a status means for the reader: all is well, nothing happens any more, look at it, or something is wrong. A label is
 * no status at all.
 */
export type StatusKind = 'good' | 'muted' | 'warning' | 'bad' | 'label';

/** A status in a word, in colours that can be read in both themes; the word says all that they say. */
export function StatusBadge({
  kind,
  children,
}: {
  readonly kind: StatusKind;
  readonly children: string;
}): ReactElement {
  return (
    <span className={classes.badge} data-kind={kind}>
      {children}
    </span>
  );
}
