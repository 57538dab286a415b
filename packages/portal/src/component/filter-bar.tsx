import type { ReactElement, ReactNode } from 'react';
import classes from './filter-bar.module.css';

/** What narrows a list, above it: beside one another, and on a phone in two columns. */
export function FilterBar({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className={classes.bar}>{children}</div>;
}
