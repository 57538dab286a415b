import { ActionIcon, Anchor } from '@mantine/core';
import { Outlet, useLocation } from '@tanstack/react-router';
import { type ReactElement, Suspense, useEffect, useState } from 'react';
import { Brand } from '../component/brand.tsx';
import { Icon } from '../component/icon.tsx';
import { useTexts } from '../i18n/texts.ts';
import { sessionStore } from '../session/session.ts';
import { useStore } from '../store/store.ts';
import classes from './app-layout.module.css';
import { ConnectionNotice } from './connection-notice.tsx';
import { MainNavigation } from './main-navigation.tsx';
import { PagePending } from './page-pending.tsx';
import { layoutTexts } from './texts.ts';
import { UserMenu } from './user-menu.tsx';
import { WorkspaceSwitcher } from './workspace-switcher.tsx';

/** The frame around every page of who is signed in. */
export function AppLayout(): ReactElement | null {
  const t = useTexts(layoutTexts);
  const session = useStore(sessionStore);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const { href } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever has gone somewhere needs the menu no more
  useEffect(() => setMenuOpen(false), [href]);
  // On the way to the sign-in page.
  if (session.status !== 'signed-in') return null;
  return (
    <div className={classes.layout}>
      <Anchor
        href="#main"
        className={classes.skip}
        onClick={(event) => {
          // The part of the page that the address names stays in it.
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {t.skip}
      </Anchor>
      <aside aria-label="Keywright" className={classes.side} data-open={isMenuOpen || undefined}>
        <div className="kw-bar">
          <Brand />
          <ActionIcon
            className={classes.burger}
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t.openMenu}
            aria-expanded={isMenuOpen}
            onClick={() => setMenuOpen((isOpen) => !isOpen)}
          >
            <Icon name={isMenuOpen ? 'cross' : 'list'} />
          </ActionIcon>
        </div>
        <div className={classes.menu}>
          <WorkspaceSwitcher claims={session.claims} />
          <MainNavigation />
          <UserMenu />
        </div>
      </aside>
      <main id="main" tabIndex={-1} className={classes.main}>
        <ConnectionNotice />
        {/* Made anew in another workspace: a dialogue that was opened in the one before must not act in this one. */}
        <div key={session.claims.org.id} className={classes.content}>
          <Suspense fallback={<PagePending />}>
            <Outlet />
          </Suspense>
        </div>
      </main>
    </div>
  );
}
