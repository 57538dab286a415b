import type { ReactElement, ReactNode } from 'react';
import classes from './dialog-actions.module.css';

/** The buttons at the end of a dialogue: the deed comes last, and on a phone each is as wide as the dialogue. */
export function DialogActions({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className={classes.actions}>{children}</div>;
}
