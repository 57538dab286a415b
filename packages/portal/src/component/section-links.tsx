import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import classes from './section-links.module.css';

/** Links between pages that belong together, above each of them. */
export function SectionLinks({
  label,
  links,
}: {
  readonly label: string;
  readonly links: readonly { readonly to: NonNullable<LinkProps['to']>; readonly text: string }[];
}): ReactElement {
  return (
    <nav aria-label={label} className={classes['links']}>
      {links.map(({ to, text }) => (
        <Link key={to} to={to} className={classes['link']}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
