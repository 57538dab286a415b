import type { UserResource } from '@keywright/contract';
import { Skeleton, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import { change } from '../api/api.ts';
import { resourceQuery } from '../api/query.ts';
import { Icon } from '../component/icon.tsx';
import { MenuButton } from '../component/menu-button.tsx';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { signOut } from '../session/session.ts';
import { useLanguageChoice, useThemeChoice } from './preferences.tsx';
import { layoutTexts } from './texts.ts';
import classes from './user-menu.module.css';

// Dialogues are no part of what is there first.
const ConfirmDialog = lazy(async () => ({ default: (await import('../component/confirm-dialog.tsx')).ConfirmDialog }));

/** Who is signed in, how the pages look to them, and the ways out. */
export function UserMenu(): ReactElement {
  const t = useTexts(layoutTexts);
  const { data: user } = useQuery(resourceQuery<UserResource>('/api/v1/user/my'));
  const [isAsking, setAsking] = useState(false);
  const leave = useChange<void, void>({ change: signOut });
  const choices = [useThemeChoice(), useLanguageChoice()];
  return (
    <>
      <MenuButton
        position="top-start"
        width={240}
        entries={[
          ...choices,
          { kind: 'line' },
          { kind: 'deed', icon: 'signOut', label: t.signOut, onChoose: () => leave.mutate() },
          { kind: 'deed', icon: 'shield', label: t.signOutEverywhere, onChoose: () => setAsking(true) },
        ]}
      >
        {(trigger) => (
          <UnstyledButton {...trigger} className={classes.button}>
            <VisuallyHidden>{t.account}: </VisuallyHidden>
            <span className={classes.avatar} aria-hidden="true">
              {initialsOf(user?.name ?? '')}
            </span>
            <span className={classes.names}>
              {user === undefined ? <Skeleton height={12} width={90} my={3} /> : <span>{user.name}</span>}
              {user === undefined ? <Skeleton height={10} width={130} my={3} /> : <small>{user.username}</small>}
            </span>
            <Icon name="chevronUp" size={14} />
          </UnstyledButton>
        )}
      </MenuButton>
      <Suspense>
        {isAsking ? (
          <ConfirmDialog
            isOpen
            onClose={() => setAsking(false)}
            title={t.signOutEverywhereQuestion}
            confirmLabel={t.signOutEverywhere}
            onConfirm={async () => {
              await change('DELETE', '/api/v1/user/my/session');
              await signOut();
            }}
          >
            {t.signOutEverywhereHint}
          </ConfirmDialog>
        ) : null}
      </Suspense>
    </>
  );
}

/** Up to two letters of a name. */
function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  const [first = '', last = ''] = words.length > 1 ? [words[0], words.at(-1)] : words;
  return `${[...first][0] ?? ''}${[...last][0] ?? ''}`.toUpperCase();
}
