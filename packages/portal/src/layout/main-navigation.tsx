import { VisuallyHidden } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Icon } from '../component/icon.tsx';
import { useTexts } from '../i18n/texts.ts';
import classes from './main-navigation.module.css';
import { type NavigationEntry, navigation } from './navigation.ts';
import { layoutTexts } from './texts.ts';

/** The links to every page. */
export function MainNavigation(): ReactElement {
  const t = useTexts(layoutTexts);
  const location = useLocation();
  return (
    <nav aria-label={t.navigation} className={classes.navigation}>
      <ul>
        {navigation.map((entry) => (
          <li key={entry.text}>
            <Link
              to={entry.to}
              {...(entry.hash === undefined ? {} : { hash: entry.hash })}
              className={classes.link}
              activeOptions={{ exact: true, includeHash: true }}
              aria-current={isCurrent(entry, location) ? 'page' : undefined}
            >
              <Icon name={entry.icon} />
              {t.pages[entry.text]}
            </Link>
          </li>
        ))}
        <li>
          <a className={classes.link} href="/docs" target="_blank" rel="noreferrer">
            <Icon name="book" />
            {t.pages.apiReference}
            <span className={classes.external}>
              <Icon name="external" size={13} />
              <VisuallyHidden>{t.opensElsewhere}</VisuallyHidden>
            </span>
          </a>
        </li>
      </ul>
    </nav>
  );
}

function isCurrent({ to, hash }: NavigationEntry, location: { readonly pathname: string; readonly hash: string }) {
  if (to === '/') return location.pathname === '/';
  if (to !== location.pathname) return false;
  if (hash === undefined) return true;
  // Without a part named, the page shows its first one.
  const first = navigation.find((other) => other.to === to)?.hash;
  return hash === (navigation.some((other) => other.hash === location.hash) ? location.hash : first);
}
